namespace Chronik.Campaigns.Simulation;

/// <summary>The product did what it must never do.</summary>
internal sealed class SimulationFailure(string message, Exception? inner = null) : Exception(message, inner);
