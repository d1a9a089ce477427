using Chronik.Broker.Network;
using Chronik.Catalog;
using Chronik.Storage.IO;
using Microsoft.Extensions.Logging;

namespace Chronik.Broker;

/// <summary>
/// All that is not deterministic, handed in from outside: with a single-threaded scheduler, a seeded random and the
/// in-memory network and files, a whole broker replays.
/// </summary>
/// <param name="Files">The files.</param>
/// <param name="Transport">The network.</param>
/// <param name="Time">The clock and its timers.</param>
/// <param name="Random">Identities and session numbers; used under a lock.</param>
/// <param name="Scheduler">Where the broker's work runs.</param>
/// <param name="LoggerFactory">Where it logs.</param>
public sealed record BrokerSeams(
    IFileSystem Files,
    ITransport Transport,
    TimeProvider Time,
    Random Random,
    TaskScheduler Scheduler,
    ILoggerFactory LoggerFactory)
{
    /// <summary>
    /// Makes the catalog, which the broker loads and in the end disposes; null: the embedded one, in the file that
    /// <see cref="BrokerOptions.CatalogPath"/> names, which is opened past <see cref="Files"/>.
    /// </summary>
    public Func<ICatalog>? Catalog { get; init; }
}
