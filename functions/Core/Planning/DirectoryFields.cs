using System.Security.Cryptography;
using System.Text;
using LdapSync.Core.Mapping;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;

namespace LdapSync.Core.Planning;

/// <summary>
/// The fields of a record that follow the directory, as the directory and the existing accounts and job titles have them now (U2, U6, U7).
/// A field that is not mapped is not among them: it is left alone.
/// </summary>
public static class DirectoryFields
{
    public static IReadOnlyList<FieldChange> Desired(PlanContext context, MappedUser user) => Fields(context.Settings.Users, field => field switch
    {
        UserField.Login => user.Login,
        UserField.FullName => user.FullName,
        UserField.DistinguishedName => user.DistinguishedName,
        UserField.Email => user.Email,
        UserField.Phone => user.Phone,
        UserField.Account => Lookup(context.Accounts, user.Company),
        _ => Lookup(context.JobTitles, user.JobTitle),
    });

    /// <summary>The same fields as a record has them: its fingerprint equals the directory's when and only when it follows the directory.</summary>
    public static IReadOnlyList<FieldChange> OfRecord(PlanContext context, UserRecord record) =>
        Fields(context.Settings.Users, field => UserField.Read(record, field));

    private static List<FieldChange> Fields(UserSettings mapping, Func<string, string?> value)
    {
        var fields = new List<FieldChange>(7);
        Add(UserField.Login, Rule.Update, mapped: true);
        Add(UserField.FullName, Rule.Update, mapped: true);
        Add(UserField.DistinguishedName, Rule.Update, mapped: true);
        Add(UserField.Email, Rule.Update, mapping.Email.Length > 0);
        Add(UserField.Phone, Rule.Update, mapping.Phone.Length > 0);
        Add(UserField.Account, Rule.Company, mapping.Company.Length > 0);
        Add(UserField.JobTitle, Rule.JobTitle, mapping.JobTitle.Length > 0);
        return fields;

        void Add(string field, string rule, bool mapped)
        {
            if (mapped)
            {
                fields.Add(new FieldChange(field, null, value(field), rule));
            }
        }
    }

    /// <summary>128 bits of SHA-256 over field names and values: equal when and only when a record that followed once needs no look. Never 0.</summary>
    public static UInt128 Fingerprint(IReadOnlyList<FieldChange> desired)
    {
        var size = 0;
        foreach (var field in desired)
        {
            size += SizeOf(field.Field) + SizeOf(field.After);
        }

        // One call for all of it: this is done for every user at every run.
        Span<byte> content = size <= 1024 ? stackalloc byte[1024] : new byte[size];
        var length = 0;
        foreach (var field in desired)
        {
            length += Append(content[length..], field.Field);
            length += Append(content[length..], field.After);
        }

        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(content[..length], digest);
        var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest);
        return value == 0 ? 1 : value;
    }

    /// <summary>The fields in which the record differs from the directory, with what it has now.</summary>
    public static List<FieldChange> Differences(UserRecord record, IReadOnlyList<FieldChange> desired)
    {
        var changes = new List<FieldChange>();
        foreach (var field in desired)
        {
            var before = UserField.Read(record, field.Field);
            if (!string.Equals(before, field.After, StringComparison.Ordinal))
            {
                changes.Add(field with { Before = before });
            }
        }

        return changes;
    }

    /// <summary>Notes for a company or job title that no existing record carries (U6, U7).</summary>
    public static IEnumerable<RunNote> Unmatched(PlanContext context, MappedUser user)
    {
        if (context.Settings.Users.Company.Length > 0 && user.Company is not null && !context.Accounts.ContainsKey(user.Company))
        {
            yield return new RunNote(
                "unmatchedCompany", Rule.Company, user.Company, "No account has this name; users with this company are linked to none. Create the account to link them.");
        }

        if (context.Settings.Users.JobTitle.Length > 0 && user.JobTitle is not null && !context.JobTitles.ContainsKey(user.JobTitle))
        {
            yield return new RunNote(
                "unmatchedJobTitle", Rule.JobTitle, user.JobTitle, "No job title has this name; users with it get none. Create the job title to link them.");
        }
    }

    private static string? Lookup(IReadOnlyDictionary<string, string> records, string? name) =>
        name is not null && records.TryGetValue(name, out var id) ? id : null;

    private static int SizeOf(string? text) => 4 + (text is null ? 0 : Encoding.UTF8.GetByteCount(text));

    private static int Append(Span<byte> content, string? text)
    {
        // The length goes first (and -1 for null), so that no two lists of fields run together to the same octets.
        var count = text is null ? -1 : Encoding.UTF8.GetBytes(text, content[4..]);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(content, count);
        return 4 + Math.Max(count, 0);
    }
}
