using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;

namespace LdapSync.Core.Formats;

/// <summary>The records that reading activities stage for planning activities.</summary>
public static class StagedRecords
{
    public static void WriteUser(RecordWriter writer, MappedUser user)
    {
        writer.WriteText(user.LdapId);
        writer.WriteText(user.DistinguishedName);
        writer.WriteText(user.Login);
        writer.WriteText(user.FullName);
        writer.WriteInt64(user.Modified.UtcTicks);
        writer.WriteOptionalText(user.Email);
        writer.WriteOptionalText(user.Company);
        writer.WriteOptionalText(user.Phone);
        writer.WriteOptionalText(user.JobTitle);
        writer.WriteCount(user.Enabled ? 1 : 0);
    }

    public static MappedUser ReadUser(ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(record);
        return new MappedUser(
            reader.ReadText(),
            reader.ReadText(),
            reader.ReadText(),
            reader.ReadText(),
            ReadTime(ref reader),
            reader.ReadOptionalText(),
            reader.ReadOptionalText(),
            reader.ReadOptionalText(),
            reader.ReadOptionalText(),
            reader.ReadCount() != 0);
    }

    /// <summary>Mode <em>changed</em>: an id that exists, and whether its account is enabled.</summary>
    public static void WritePresence(RecordWriter writer, string ldapId, bool enabled)
    {
        writer.WriteText(ldapId);
        writer.WriteCount(enabled ? 1 : 0);
    }

    public static (string LdapId, bool Enabled) ReadPresence(ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(record);
        return (reader.ReadText(), reader.ReadCount() != 0);
    }

    /// <summary>A directory user's id and the index of a linked role whose group has it as member.</summary>
    public static void WriteMembership(RecordWriter writer, string ldapId, int role)
    {
        writer.WriteText(ldapId);
        writer.WriteCount(role);
    }

    public static (string LdapId, int Role) ReadMembership(ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(record);
        return (reader.ReadText(), reader.ReadCount());
    }

    /// <summary>By what lists of members mean a directory user, and the SID of the primary group.</summary>
    public static void WriteName(RecordWriter writer, UInt128 key, string ldapId, string? primaryGroup)
    {
        writer.WriteUInt128(key);
        writer.WriteText(ldapId);
        writer.WriteOptionalText(primaryGroup);
    }

    public static (UInt128 Key, string LdapId, string? PrimaryGroup) ReadName(ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(record);
        return (reader.ReadUInt128(), reader.ReadText(), reader.ReadOptionalText());
    }

    /// <summary>A value of a group's list of members.</summary>
    public static void WriteMember(RecordWriter writer, UInt128 key, int group)
    {
        writer.WriteUInt128(key);
        writer.WriteCount(group);
    }

    public static (UInt128 Key, int Group) ReadMember(ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(record);
        return (reader.ReadUInt128(), reader.ReadCount());
    }

    /// <summary>A value of a list of members that is kept, and the directory user that it means; null: none of the users filter.</summary>
    public static void WriteListed(RecordWriter writer, UInt128 key, string? ldapId)
    {
        writer.WriteUInt128(key);
        writer.WriteOptionalText(ldapId);
    }

    public static (UInt128 Key, string? LdapId) ReadListed(ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(record);
        return (reader.ReadUInt128(), reader.ReadOptionalText());
    }

    public static void WriteLinkedUser(RecordWriter writer, LinkedUser user)
    {
        writer.WriteText(user.LdapId);
        writer.WriteText(user.UserId);
        writer.WriteUInt128(user.Fingerprint);
        writer.WriteCount((user.Active ? 1 : 0) | (user.CanSignIn ? 2 : 0) | (user.BoundByHand ? 4 : 0) | (user.Protected ? 8 : 0));
        writer.WriteIndexes(user.Roles);
        writer.WriteIndexes(user.Manual);
    }

    public static LinkedUser ReadLinkedUser(ref RecordReader reader)
    {
        var (ldapId, userId, fingerprint, flags) = (reader.ReadText(), reader.ReadText(), reader.ReadUInt128(), reader.ReadCount());
        return new LinkedUser(
            ldapId, userId, fingerprint, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, (flags & 8) != 0, reader.ReadIndexes(), reader.ReadIndexes());
    }

    private static DateTimeOffset ReadTime(ref RecordReader reader)
    {
        var ticks = reader.ReadInt64();
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : throw new InvalidDataException("A time in a stored record is impossible.");
    }
}
