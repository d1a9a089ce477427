using Chronik.Client.Tests;
using Chronik.TestKit;

[assembly: AssemblyFixture(typeof(Oracle))]
[assembly: AssemblyFixture(typeof(SharedKafka))]
