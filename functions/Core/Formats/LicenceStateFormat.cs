using LdapSync.Core.Licences;

namespace LdapSync.Core.Formats;

/// <summary>A directory's <see cref="LicenceState"/> as octets. What is damaged or of another version is no state.</summary>
public static class LicenceStateFormat
{
    private const int Version = 1;

    public static byte[] Write(LicenceState state)
    {
        var writer = new RecordWriter();
        writer.WriteCount(Version);
        writer.WriteText(state.Key);
        writer.WriteCount(state.Waiting.Count);
        foreach (var (product, waiting) in state.Waiting.OrderBy(product => product.Key, StringComparer.Ordinal))
        {
            writer.WriteText(product);
            writer.WriteCount(waiting.Count);
            foreach (var waiter in waiting)
            {
                writer.WriteText(waiter.UserId);
                writer.WriteInt64(waiter.MemberSince.UtcTicks);
            }
        }

        return writer.Written.ToArray();
    }

    public static LicenceState? Read(ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty)
        {
            return null;
        }

        try
        {
            var reader = new RecordReader(octets);
            if (reader.ReadCount() != Version)
            {
                return null;
            }

            var key = reader.ReadText();
            var waiting = new Dictionary<string, IReadOnlyList<LicenceWaiter>>(StringComparer.Ordinal);
            for (var products = reader.ReadCount(); products > 0; products--)
            {
                var product = reader.ReadText();
                var count = reader.ReadCount();
                var waiters = new List<LicenceWaiter>(Math.Min(count, octets.Length / 8));
                for (; count > 0; count--)
                {
                    waiters.Add(new LicenceWaiter(reader.ReadText(), new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero)));
                }

                waiting[product] = waiters;
            }

            return reader.AtEnd ? new LicenceState(key, waiting) : null;
        }
        catch (Exception damaged) when (damaged is InvalidDataException or OverflowException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
