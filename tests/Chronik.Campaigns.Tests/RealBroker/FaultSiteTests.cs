using Chronik.Campaigns.RealBroker;

namespace Chronik.Campaigns.Tests.RealBroker;

public sealed class FaultSiteTests
{
    [Theory]
    [InlineData("12  fdatasync(21</d/data/load-0-1/00000000000000000000.log>) = -1 EIO (Input/output error) (INJECTED)", "fdatasync log")]
    [InlineData("12 pwrite64(88</d/data/chronik.db-wal>, \"7\\177\\6\", 32, 0) = ?", "pwrite64 catalog")]
    [InlineData("7 rename(\"/d/data/a.tmp\", \"/d/data/recovery-point-offset-checkpoint\") = 0", "rename checkpoint")]
    [InlineData("7 openat(AT_FDCWD</>, \"/d/data/load-0-1/00000000000000000007.timeindex\", O_RDWR <unfinished ...>", "openat index")]
    [InlineData("7 fsync(3</d/data/load-0-1>) = 0", "fsync partition folder")]
    [InlineData("7 <... fsync resumed>) = 0", null)]
    [InlineData("7 +++ killed by SIGKILL +++", null)]
    public void A_traced_call_has_a_place(string line, string? site) => Assert.Equal(site, FaultSite.Of(line));
}
