using Azure.Data.Tables;
using LdapSync.Core.Records;

namespace LdapSync.Storage.Records;

/// <summary>
/// The partitions of a role's members: <c>{role}</c>, or for a large role <c>{role}!{first digits of the user's id}</c>, 16 or 256 of them. One partition
/// takes 2,000 rows a second, so a role of everybody would be the slowest part of a first import
/// (Microsoft Learn, "Scalability and performance targets for Table storage").
/// </summary>
internal static class MemberPartitions
{
    // A role's id has letters, digits and hyphens: this comes before all of them, so no other role is between the partitions of one.
    private const char Separator = '!';

    // Less than this is a transaction or so for each of the partitions.
    private const int FromSixteen = 4000;
    private const int FromAll = 32_000;

    /// <summary>How many digits of the user's id name the partition of a role that gets so many members at once: 0 to 2.</summary>
    public static int DigitsFor(long members) => members >= FromAll ? 2 : members >= FromSixteen ? 1 : 0;

    public static string Of(string roleId, int digits, string userId) => digits == 0 ? roleId : $"{roleId}{Separator}{userId[..digits]}";

    public static string RoleOf(string partition) => partition.IndexOf(Separator, StringComparison.Ordinal) is var at and >= 0 ? partition[..at] : partition;

    /// <summary>All partitions of a role; in the order of the rows that is first the one without digits.</summary>
    public static string Filter(string roleId) => TableClient.CreateQueryFilter($"PartitionKey ge {roleId} and PartitionKey lt {Beyond(roleId)}");

    /// <summary>The rows of a role whose users are in these buckets (both included), in the partitions of so many digits: just those that have such rows.</summary>
    public static string Filter(string roleId, int digits, int firstBucket, int lastBucket)
    {
        // "g" comes after every hexadecimal digit.
        var (from, to) = (Buckets.Key(firstBucket), lastBucket >= Buckets.Count - 1 ? "g" : Buckets.Key(lastBucket + 1));
        var (first, last) = (Of(roleId, digits, from), Of(roleId, digits, Buckets.Key(lastBucket)));
        return TableClient.CreateQueryFilter($"PartitionKey ge {first} and PartitionKey le {last} and RowKey ge {from} and RowKey lt {to}");
    }

    private static string Beyond(string roleId) => $"{roleId}{Separator}g";
}
