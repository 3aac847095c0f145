namespace LdapSync.Ldap.Tests.Fuzzing;

/// <summary>Makes hostile octets of good ones: the same for the same seed.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus, int seed)
{
    private static readonly byte[] Interesting = [0x00, 0x01, 0x02, 0x04, 0x0a, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x85, 0xa0, 0xff, 0x64, 0x65, 0x73, 0x78, 0x79];

    private readonly Random random = new(seed);

    public byte[] Next()
    {
        var octets = new List<byte>(Pick());
        for (var times = random.Next(1, 6); times > 0 && octets.Count > 0; times--)
        {
            Mutate(octets);
        }

        return [.. octets];
    }

    private void Mutate(List<byte> octets)
    {
        var at = random.Next(octets.Count);
        switch (random.Next(8))
        {
            case 0:
                octets[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                octets[at] = (byte)random.Next(256);
                break;
            case 2:
                octets[at] = Interesting[random.Next(Interesting.Length)];
                break;
            case 3:
                octets.Insert(at, Interesting[random.Next(Interesting.Length)]);
                break;
            case 4:
                octets.RemoveRange(at, Math.Min(octets.Count - at, random.Next(1, 9)));
                break;
            case 5:
                octets.RemoveRange(at, octets.Count - at); // a stream that ends
                break;
            case 6:
                octets.InsertRange(at, octets.GetRange(at, Math.Min(octets.Count - at, random.Next(1, 64))));
                break;
            default:
                var other = Pick();
                octets.InsertRange(at, other.AsSpan(random.Next(other.Length)).ToArray());
                break;
        }
    }

    private byte[] Pick() => corpus[random.Next(corpus.Count)];
}
