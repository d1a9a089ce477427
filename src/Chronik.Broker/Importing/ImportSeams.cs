using Chronik.Catalog;
using Chronik.Storage.IO;
using Microsoft.Extensions.Logging;

namespace Chronik.Broker.Importing;

/// <summary>What an import works with.</summary>
/// <param name="Files">The files.</param>
/// <param name="OpenCatalog">Opens the catalog of a data folder.</param>
/// <param name="Time">The clock.</param>
/// <param name="Scheduler">Where recovery and commits run.</param>
/// <param name="LoggerFactory">Where recovery logs what it found.</param>
internal sealed record ImportSeams(
    IFileSystem Files, Func<string, ICatalog> OpenCatalog, TimeProvider Time, TaskScheduler Scheduler, ILoggerFactory LoggerFactory);
