using Chronik.Compat.Tests;

[assembly: AssemblyFixture(typeof(BrokerUnderTest))]
