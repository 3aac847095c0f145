using LdapSync.Core.Records;

namespace LdapSync.Storage.Tests;

/// <summary>Made-up records.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Time = new(2026, 11, 23, 12, 30, 15, 123, TimeSpan.Zero);

    /// <summary>A user of a bucket, with every field filled.</summary>
    public static UserRecord User(int number, int bucket = 7) => new($"{Buckets.Key(bucket)}{number:x30}")
    {
        Login = $"user{number}",
        FullName = $"Änne O'Hara {number}",
        CanSignIn = true,
        DirectoryId = "acme",
        LdapId = $"ldap-{number}",
        DistinguishedName = $"cn=Änne O'Hara {number},ou=People,dc=acme",
        BoundByHand = number % 2 == 0,
        Email = $"user{number}@example.com",
        Phone = "+49 1",
        AccountId = "a1",
        JobTitleId = "j1",
        DirectoryModified = Time,
        Created = Time.AddTicks(1234),
    };

    public static async Task<List<T>> ToList<T>(this IAsyncEnumerable<T> items) => await items.ToListAsync();
}
