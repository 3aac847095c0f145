using System.Globalization;
using LdapSync.Core.Records;

namespace LdapSync.Core.Planning;

/// <summary>The fields of a user record as the plan names them, and how to read and set them as text.</summary>
public static class UserField
{
    public const string Login = "login";
    public const string FullName = "fullName";
    public const string Active = "active";
    public const string CanSignIn = "canSignIn";
    public const string Email = "email";
    public const string Phone = "phone";
    public const string Account = "account";
    public const string JobTitle = "jobTitle";
    public const string DistinguishedName = "distinguishedName";
    public const string LdapId = "ldapId";
    public const string DirectoryId = "directoryId";

    public static string? Read(UserRecord user, string field) => field switch
    {
        Login => user.Login,
        FullName => user.FullName,
        Active => Text(user.Active),
        CanSignIn => Text(user.CanSignIn),
        Email => user.Email,
        Phone => user.Phone,
        Account => user.AccountId,
        JobTitle => user.JobTitleId,
        DistinguishedName => user.DistinguishedName,
        LdapId => user.LdapId,
        DirectoryId => user.DirectoryId,
        _ => throw new ArgumentException($"A user has no field '{field}'.", nameof(field)),
    };

    public static UserRecord With(UserRecord user, string field, string? value) => field switch
    {
        Login => user with { Login = value ?? throw NotNull(field) },
        FullName => user with { FullName = value ?? throw NotNull(field) },
        Active => user with { Active = value == "true" },
        CanSignIn => user with { CanSignIn = value == "true" },
        Email => user with { Email = value },
        Phone => user with { Phone = value },
        Account => user with { AccountId = value },
        JobTitle => user with { JobTitleId = value },
        DistinguishedName => user with { DistinguishedName = value },
        LdapId => user with { LdapId = value },
        DirectoryId => user with { DirectoryId = value },
        _ => throw new ArgumentException($"A user has no field '{field}'.", nameof(field)),
    };

    public static string Text(bool value) => value ? "true" : "false";

    public static string Text(DateTimeOffset value) => value.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static ArgumentException NotNull(string field) => new($"The field '{field}' needs a value.", nameof(field));
}
