namespace Chronik.Broker.Tests;

/// <summary>Tests that count something of the whole process.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
