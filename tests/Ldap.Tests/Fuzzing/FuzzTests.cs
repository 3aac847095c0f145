using System.Globalization;
using Xunit;

namespace LdapSync.Ldap.Tests.Fuzzing;

/// <summary>
/// Mutated transcripts of slapd and Samba. The environment variable LDAPSYNC_FUZZ_EXECUTIONS sets how many; each run takes another seed, which
/// a failure tells.
/// </summary>
public sealed class FuzzTests
{
    private static int Executions =>
        int.TryParse(Environment.GetEnvironmentVariable("LDAPSYNC_FUZZ_EXECUTIONS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count : 100_000;

    [Fact]
    public void Decoders_WithMutatedOctets_OnlyRefuse()
    {
        var seed = Environment.TickCount;
        var mutator = new Mutator(Corpus.Read(), seed);
        for (var execution = 0; execution < Executions; execution++)
        {
            var octets = mutator.Next();
            try
            {
                FuzzTarget.DecodeWithinBounds(octets);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed}, execution {execution}: {Convert.ToHexString(octets)}", exception);
            }
        }
    }

    [Fact]
    public async Task Client_WithMutatedOctets_EndsInTypedErrors()
    {
        var seed = Environment.TickCount;
        var mutator = new Mutator(Corpus.Read(), seed);
        for (var execution = 0; execution < Executions / 10; execution++)
        {
            var octets = mutator.Next();
            try
            {
                await FuzzTarget.ReadAsync(octets).WaitAsync(FuzzTarget.Patience, TestContext.Current.CancellationToken);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed}, execution {execution}: {Convert.ToHexString(octets)}", exception);
            }
        }
    }
}
