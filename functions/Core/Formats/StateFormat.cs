using LdapSync.Core.Planning;

namespace LdapSync.Core.Formats;

/// <summary>
/// A bucket's sync state as octets: version, the links of roles, users. It is a cache of the records: whatever does not fit the run
/// (another version, other linked roles) is no state, and it is rebuilt from the records.
/// </summary>
public static class StateFormat
{
    private const int Version = 1;

    public static byte[] Write(IReadOnlyList<LinkedRole> roles, IReadOnlyCollection<LinkedUser> users)
    {
        var writer = new RecordWriter();
        writer.WriteCount(Version);
        writer.WriteCount(roles.Count);
        foreach (var role in roles)
        {
            writer.WriteText(role.Key);
        }

        writer.WriteCount(users.Count);
        foreach (var user in users)
        {
            StagedRecords.WriteLinkedUser(writer, user);
        }

        return writer.Written.ToArray();
    }

    /// <returns>The users, or null when the state is not one of this version and these linked roles.</returns>
    public static List<LinkedUser>? Read(ReadOnlySpan<byte> state, IReadOnlyList<LinkedRole> roles)
    {
        if (state.IsEmpty)
        {
            return null;
        }

        try
        {
            var reader = new RecordReader(state);
            if (reader.ReadCount() != Version || reader.ReadCount() != roles.Count)
            {
                return null;
            }

            foreach (var role in roles)
            {
                if (reader.ReadText() != role.Key)
                {
                    return null;
                }
            }

            var count = reader.ReadCount();
            var users = new List<LinkedUser>(Math.Min(count, state.Length / 16));
            for (var i = 0; i < count; i++)
            {
                var user = StagedRecords.ReadLinkedUser(ref reader);
                if (!AreLinked(user.Roles, roles.Count) || !AreLinked(user.Manual, roles.Count))
                {
                    return null;
                }

                users.Add(user);
            }

            return reader.AtEnd ? users : null;
        }
        catch (Exception damaged) when (damaged is InvalidDataException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Indexes of linked roles, ascending.</summary>
    private static bool AreLinked(IReadOnlyList<int> indexes, int roles)
    {
        var next = 0;
        foreach (var index in indexes)
        {
            if (index < next || index >= roles)
            {
                return false;
            }

            next = index + 1;
        }

        return true;
    }
}
