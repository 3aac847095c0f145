using LdapSync.Core.Groups;
using LdapSync.Core.Settings;
using LdapSync.Storage.Staging;

namespace LdapSync.App.Sync;

/// <summary>
/// What a run that succeeded leaves behind so that the next one can read changes alone. It is kept beside the directory's record, and replaced only by
/// another run that succeeded; a run that fails is read again from the same cookies.
/// </summary>
public sealed record ChangesState
{
    /// <summary>Of the settings that decide what is read: with others the cookies mean nothing.</summary>
    public required string SettingsTag { get; init; }

    /// <summary>Why changes cannot be read; null where they can.</summary>
    public string? Unavailable { get; init; }

    public string UsersCookie { get; init; } = "";

    public string GroupsCookie { get; init; } = "";

    /// <summary>Of the containers (<see cref="ContainerTag"/>), where the server does not tell who is below a moved one; null: not known.</summary>
    public string? Containers { get; init; }

    /// <summary>The keys of the roles' links, in the order of <see cref="GroupClosure.Linked"/>.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    public GroupClosure Closure { get; init; } = new([], [], []);

    /// <summary>For each group of the closure its list of members as it was read.</summary>
    public IReadOnlyList<KeptList> Lists { get; init; } = [];

    /// <summary>Active linked users after the run, for the removal limits (G2).</summary>
    public long ActiveUsers { get; init; }

    /// <summary>Memberships of linked users after the run.</summary>
    public long Memberships { get; init; }

    public static string TagOf(DirectorySettings settings) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
        System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            new { settings.Users, settings.Groups, settings.Filters, settings.Options, settings.Connection.ServerName, settings.Connection.AdministratorLogin }, Api.ApiJson.Options)));
}

/// <summary>Where the list of members of a group is kept; of two records for one value the later one counts.</summary>
public sealed record KeptList(IReadOnlyList<SegmentSet> Sets, string Section);

/// <summary>Cookies that were taken before a run began to read.</summary>
/// <param name="Users">Null: changes cannot be read.</param>
/// <param name="Groups">Of groups.</param>
/// <param name="Unavailable">Why changes cannot be read; null where they can.</param>
/// <param name="Containers">See <see cref="ChangesState.Containers"/>.</param>
/// <param name="Server">Whose they are: with another server's entries they do not go together.</param>
public sealed record ChangeCookies(string? Users, string? Groups, string? Unavailable, string? Containers = null, string? Server = null);
