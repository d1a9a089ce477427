namespace Chronik.Campaigns.CrashStates;

/// <summary>What a scenario does, in order.</summary>
internal delegate Task ScenarioSteps(ScenarioContext context);
