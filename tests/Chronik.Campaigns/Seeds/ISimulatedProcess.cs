using Chronik.TestKit;

namespace Chronik.Campaigns.Seeds;

/// <summary>One life of a process on the simulated disk.</summary>
internal interface ISimulatedProcess
{
    /// <summary>Neither it nor the machine under it has ended.</summary>
    bool IsAlive { get; }

    FakeTimeProvider Time { get; }

    /// <summary>It is gone, in the middle of whatever it did.</summary>
    void End();
}
