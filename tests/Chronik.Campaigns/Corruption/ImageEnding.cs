namespace Chronik.Campaigns.Corruption;

/// <summary>How the run ended that left a store's files.</summary>
internal enum ImageEnding
{
    /// <summary>By a clean stop.</summary>
    Closed,

    /// <summary>By kill -9: the machine lives, so nothing that was written is lost.</summary>
    Killed,

    /// <summary>By a power cut that took nothing, which the next start cannot know.</summary>
    Cut,
}
