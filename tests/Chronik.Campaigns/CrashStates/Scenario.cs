using Chronik.Storage.Log;

namespace Chronik.Campaigns.CrashStates;

/// <summary>What is done while the power may be cut at any moment.</summary>
/// <param name="Config">The topic's settings when it is made.</param>
/// <param name="RunAsync">What is done, in order.</param>
internal sealed record Scenario(LogConfig Config, Func<ScenarioContext, Task> RunAsync);
