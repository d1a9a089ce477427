using Chronik.TestKit;

[assembly: AssemblyFixture(typeof(Oracle))]
