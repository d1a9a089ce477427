namespace Chronik.Campaigns.PowerCuts;

/// <summary>How many cuts, and how fast.</summary>
internal sealed record PowerCutSettings(int Images, int Checkers, int PauseMs, int Seed, string KeepIn);
