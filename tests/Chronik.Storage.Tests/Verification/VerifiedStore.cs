using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Verification;

namespace Chronik.Storage.Tests.Verification;

/// <summary>A store of one partition with three segments, transactions and all index files, for tests to damage.</summary>
internal sealed class VerifiedStore
{
    public const string Folder = "/data/t-0";
    public const string First = "00000000000000000000";
    private const int Batches = 60;

    public VerifiedStore(bool isClosed = true)
    {
        Fixture.Config = new LogConfig { SegmentBytesMax = 4000, IndexIntervalBytes = 300 };
        var log = Fixture.OpenLog();
        for (var i = 0; i < Batches; i++)
        {
            if (i % 10 == 3)
                log.AppendOk(Tests.Batches.Idempotent(7, 0, i / 10, isTransactional: true));
            else if (i % 10 == 6)
                log.AppendOk(Tests.Batches.Marker(commit: i % 20 == 6, 7, 0), AppendOrigin.Coordinator);
            else
                log.AppendOk(Tests.Batches.Of(1000 + (10 * i), $"{i}a", $"{i}b", $"{i}c"));
            Fixture.Scheduler.RunAll();
        }

        EndOffset = log.LogEndOffset;
        if (isClosed)
            Fixture.Close();
        else
            Fixture.Kill();
    }

    public StoreFixture Fixture { get; } = new();

    public long EndOffset { get; }

    public IReadOnlyList<LogFinding> Verify(bool isDeep = false) => Fixture.Scheduler.Run(() => StoreVerifier.VerifyAsync(new VerificationOptions
    {
        DataDirectory = "/data",
        Files = Fixture.Memory,
        Scheduler = Fixture.Scheduler,
        IsDeep = isDeep,
    })).Findings;

    public IEnumerable<LogFinding> Damage(bool isDeep = false) =>
        Verify(isDeep).Where(static finding => finding.Severity == FindingSeverity.Damage);

    public void Change(string path, Action<byte[]> change) => Replace(path, bytes =>
    {
        change(bytes);
        return bytes;
    });

    public void Replace(string path, Func<byte[], byte[]> change)
    {
        using var file = Fixture.Memory.Open(path, FileOpenKind.ReadWrite);
        var bytes = new byte[file.Length];
        file.Read(bytes, 0);
        bytes = change(bytes);
        file.SetLength(0);
        file.Write(bytes, 0);
        file.Sync();
    }
}
