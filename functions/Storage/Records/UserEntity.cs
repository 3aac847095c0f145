using Azure.Data.Tables;
using LdapSync.Core.Records;

namespace LdapSync.Storage.Records;

/// <summary>A user as a row: partition = bucket, row = id. LoginKey and NameKey are for searching without case.</summary>
internal static class UserEntity
{
    public const string LoginKey = "LoginKey";
    public const string NameKey = "NameKey";

    public static TableEntity From(UserRecord user)
    {
        var entity = Keys(user.Id);
        entity["Login"] = user.Login;
        entity[LoginKey] = SearchKey(user.Login);
        entity["FullName"] = user.FullName;
        entity[NameKey] = SearchKey(user.FullName);
        entity["Active"] = user.Active;
        entity["CanSignIn"] = user.CanSignIn;
        entity.Put("DirectoryId", user.DirectoryId);
        entity.Put("LdapId", user.LdapId);
        entity.Put("DistinguishedName", user.DistinguishedName);
        entity["BoundByHand"] = user.BoundByHand;
        entity["Protected"] = user.Protected;
        entity.Put("Email", user.Email);
        entity.Put("Phone", user.Phone);
        entity.Put("AccountId", user.AccountId);
        entity.Put("JobTitleId", user.JobTitleId);
        entity.Put("DirectoryModified", user.DirectoryModified);
        entity["Created"] = EntityFields.Storable(user.Created);
        return entity;
    }

    /// <summary>The properties that change, for a merge.</summary>
    /// <exception cref="ArgumentException">A property would go: a merge cannot take one away.</exception>
    public static TableEntity Difference(UserRecord before, UserRecord after)
    {
        var (old, entity) = (From(before), From(after));
        foreach (var (name, value) in old)
        {
            if (!entity.TryGetValue(name, out var now))
            {
                throw new ArgumentException($"A merge cannot remove {name}.", nameof(after));
            }

            if (Equals(now, value) && name is not (nameof(TableEntity.PartitionKey) or nameof(TableEntity.RowKey)))
            {
                entity.Remove(name);
            }
        }

        return entity;
    }

    public static UserRecord To(TableEntity entity) => new(entity.RowKey)
    {
        Login = entity.Text("Login") ?? "",
        FullName = entity.Text("FullName") ?? "",
        Active = entity.Flag("Active"),
        CanSignIn = entity.Flag("CanSignIn"),
        DirectoryId = entity.Text("DirectoryId"),
        LdapId = entity.Text("LdapId"),
        DistinguishedName = entity.Text("DistinguishedName"),
        BoundByHand = entity.Flag("BoundByHand"),
        Protected = entity.Flag("Protected"),
        Email = entity.Text("Email"),
        Phone = entity.Text("Phone"),
        AccountId = entity.Text("AccountId"),
        JobTitleId = entity.Text("JobTitleId"),
        DirectoryModified = entity.Time("DirectoryModified"),
        Created = entity.Time("Created") ?? EntityFields.Earliest,
        ETag = entity.ETag.ToString(),
    };

    /// <exception cref="ArgumentException">Not a user's id: the partition comes from its first two digits.</exception>
    public static TableEntity Keys(string id) => new(Partition(id), id);

    public static string Partition(string id) => IsId(id)
        ? id[..2]
        : throw new ArgumentException("A user's id is 32 lower-case hexadecimal digits.");

    public static bool IsId(string id) => id.Length == 32 && !id.AsSpan().ContainsAnyExcept("0123456789abcdef");

    /// <summary>What a search compares: without case, at most 200 characters.</summary>
    public static string SearchKey(string text)
    {
        var key = text.Trim().ToLowerInvariant();
        var length = Math.Min(key.Length, 200);
        return key[..(length > 0 && char.IsHighSurrogate(key[length - 1]) ? length - 1 : length)];
    }
}
