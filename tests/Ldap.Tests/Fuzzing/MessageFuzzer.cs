using System.Buffers;
using System.Formats.Asn1;
using LdapSync.Ldap.Changes;
using LdapSync.Ldap.Protocol;
using LdapSync.Ldap.Tests.Scripted;

namespace LdapSync.Ldap.Tests.Fuzzing;

/// <summary>Feeds everything that reads octets from a server with answers that were mutated, cut, joined or made up.</summary>
internal static class MessageFuzzer
{
    private const int MaxLength = 1 << 20;

    /// <summary>What mutations begin with: one answer of each kind.</summary>
    private static readonly byte[][] Corpus =
    [
        Answers.Entry(7, "CN=a,DC=example,DC=test", ("cn", ["a", "b"]), ("member;range=0-1", ["x", "y"])),
        Answers.SearchDone(7),
        Answers.BindDone(3),
        Answers.Extended(4),
        Answers.Reference(9, "ldap://elsewhere/"),
        Answers.Disconnection(52),
        [0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x02, 0x01, 0x01],
        [0x30, 0x80, 0x00, 0x00],
    ];

    /// <summary>Runs the readers <paramref name="executions"/> times; the same seed does the same.</summary>
    /// <returns>How many messages could be read in spite of everything.</returns>
    /// <exception cref="Exception">Any other than the readers' own refusal: a bug; the message has the octets.</exception>
    public static long Run(int seed, long executions)
    {
        var random = new Random(seed);
        var readable = 0L;
        for (var execution = 0L; execution < executions; execution++)
        {
            var octets = Mutate(random);
            try
            {
                readable += ReadAll(octets) ? 1 : 0;
            }
            catch (Exception bug) when (bug is not AsnContentException)
            {
                throw new InvalidOperationException($"Octets {Convert.ToHexString(octets)}: {bug.GetType().Name}", bug);
            }
            catch (AsnContentException)
            {
                // Refused, as it should be.
            }
        }

        return readable;
    }

    private static byte[] Mutate(Random random)
    {
        if (random.Next(16) == 0)
        {
            var noise = new byte[random.Next(64)];
            random.NextBytes(noise);
            return noise;
        }

        var octets = Corpus[random.Next(Corpus.Length)].ToArray();
        for (var change = random.Next(1, 5); change > 0 && octets.Length > 0; change--)
        {
            var at = random.Next(octets.Length);
            switch (random.Next(5))
            {
                case 0:
                    octets[at] = (byte)random.Next(256);
                    break;
                case 1:
                    octets[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    octets = octets[..at];
                    break;
                case 3:
                    octets = [.. octets[..at], .. Corpus[random.Next(Corpus.Length)][..2], .. octets[at..]];
                    break;
                default:
                    octets[at] = random.Next(2) == 0 ? (byte)0x84 : (byte)0xff;
                    break;
            }
        }

        return octets;
    }

    private static bool ReadAll(byte[] octets)
    {
        var rest = new ReadOnlySequence<byte>(octets);
        if (!LdapMessage.TryRead(ref rest, MaxLength, out var message))
        {
            return false;
        }

        _ = PagedResults.ReadCookie(message.ReadControls());
        Try(() => new EntryReader().Read(message));
        Try(() => LdapResult.Read(message));
        Try(() => SyncInfo.Read(message));
        return true;
    }

    private static void Try(Func<object> read)
    {
        try
        {
            read();
        }
        catch (AsnContentException)
        {
            // Not a message of this kind.
        }
    }
}
