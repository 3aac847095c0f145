using Xunit;

namespace LdapSync.Ldap.Tests.Fuzzing;

/// <summary>Random and mutated octets never crash the readers; the long run is started by hand with <c>-explicit only</c>.</summary>
[Collection(Alone.Name)]
public sealed class FuzzTests
{
    [Fact]
    public void Messages_Mutated_AreReadOrRefused()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        var readable = MessageFuzzer.Run(seed: 1, executions: 100_000);

        Assert.InRange(readable, 1, 100_000);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100_000, 0, 20_000);
    }

    [Fact(Explicit = true)]
    public void Messages_MutatedFiveMillionTimes_AreReadOrRefused() =>
        Assert.InRange(MessageFuzzer.Run(seed: 2, executions: 5_000_000), 1, 5_000_000);
}
