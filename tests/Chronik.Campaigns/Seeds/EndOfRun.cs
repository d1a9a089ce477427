namespace Chronik.Campaigns.Seeds;

/// <summary>Nothing is wrong, but the model does not know how it goes on from here.</summary>
internal sealed class EndOfRun(string why) : Exception(why);
