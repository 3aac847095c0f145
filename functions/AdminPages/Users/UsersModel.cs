using LdapSync.AdminPages.Frame;
using LdapSync.Core.Mapping;
using LdapSync.Core.Records;

namespace LdapSync.AdminPages.Users;

/// <param name="Users">Those that were found.</param>
public sealed record UsersModel(IReadOnlyList<UserRecord> Users)
{
    public string Search { get; init; } = "";

    /// <summary><c>active</c>, <c>inactive</c> or empty.</summary>
    public string State { get; init; } = "";

    /// <summary>For <see cref="Next"/>: everybody who begins so, after one who is called exactly so.</summary>
    public const string FromTheStart = "start";

    public string? Next { get; init; }

    /// <summary>How many the pages before had found.</summary>
    public int FoundBefore { get; init; }

    /// <summary>How much of all users has been looked through.</summary>
    public int Percent { get; init; } = 100;

    /// <summary>The page is not full and there is more to look through: the browser asks for the rest by itself, where it can.</summary>
    public bool GoesOn { get; init; }

    /// <summary>The one with exactly this login; others may begin so.</summary>
    public bool IsExact { get; init; }

    /// <summary>Where a login without a record can be explained.</summary>
    public IReadOnlyList<string> Directories { get; init; } = [];
}

/// <summary>A user, and what the directory says.</summary>
public sealed record UserModel(UserRecord User)
{
    public string? Account { get; init; }

    public string? JobTitle { get; init; }

    public IReadOnlyList<string> Directories { get; init; } = [];

    public string? DirectoryId { get; init; }

    public string Search { get; init; } = "";

    /// <summary>Null: not searched.</summary>
    public IReadOnlyList<MappedUser>? Found { get; init; }

    public FormErrors Errors { get; init; } = FormErrors.None;
}

public sealed record NewUserModel(string Login = "", string FullName = "", string Email = "", string Phone = "")
{
    public FormErrors Errors { get; init; } = FormErrors.None;
}
