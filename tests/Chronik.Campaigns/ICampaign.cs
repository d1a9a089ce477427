namespace Chronik.Campaigns;

/// <summary>A long search for lost or wrong records: by a command in full, as a short slice among the tests.</summary>
internal interface ICampaign
{
    /// <summary>What the command calls it.</summary>
    string Name { get; }

    /// <summary>One line for the list of campaigns.</summary>
    string Summary { get; }

    /// <summary>Its options, one a line, each with its default.</summary>
    string Options { get; }

    /// <summary>Runs it; says what it saw, and returns what was found wrong (none: all is well).</summary>
    Task<IReadOnlyList<string>> RunAsync(CampaignOptions options, TextWriter output, CancellationToken cancellation);
}
