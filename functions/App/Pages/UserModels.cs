using System.Globalization;
using LdapSync.AdminPages.Users;
using LdapSync.App.Api;
using LdapSync.App.Directories;
using LdapSync.App.Users;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;

namespace LdapSync.App.Pages;

/// <summary>Users as the pages show them.</summary>
public sealed class UserModels(UserStore users, LoginStore logins, UserViews views, DirectoryStore directories, DirectoryLookup lookup, TimeProvider time)
{
    private const int PageSize = 50;
    private const int FoundCount = 25;

    /// <summary>For looking through the users; with it a page stays below 150 ms.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(80);

    public async Task<UsersModel> ListAsync(PageCall call)
    {
        var (search, state) = (call.Query("search"), call.Query("state"));
        var from = call.Query("from");
        if (search.Length > 0 && state.Length == 0 && from.Length == 0 && await ByLoginAsync(search, call.CancellationToken) is { } exact)
        {
            // The index of logins answers at once, however many users there are.
            return new UsersModel([exact]) { Search = search, IsExact = true };
        }

        var page = await PageAsync(
            new UserQuery
            {
                Search = search,
                Active = state switch { "active" => true, "inactive" => false, _ => null },
                PageSize = PageSize,
                ContinuationToken = from is "" or UsersModel.FromTheStart ? null : from,
            },
            call.CancellationToken);
        var before = int.TryParse(call.Query("found"), NumberStyles.None, CultureInfo.InvariantCulture, out var found) ? found : 0;
        return new UsersModel(page.Items)
        {
            FoundBefore = before,
            Percent = page.Percent,
            GoesOn = page.ContinuationToken is not null && before + page.Items.Count < PageSize,
            Search = search,
            State = state,
            Next = page.ContinuationToken,
            Directories = before + page.Items.Count == 0 ? [.. (await directories.ListAsync(call.CancellationToken)).Select(directory => directory.Id)] : [],
        };
    }

    private async Task<Storage.Records.UserPage> PageAsync(UserQuery query, CancellationToken cancellationToken)
    {
        try
        {
            return await users.SearchWithinAsync(query, Budget, time, cancellationToken);
        }
        catch (ArgumentException)
        {
            throw new ApiException(400, "Not a part of a list", "The address is not one that these pages gave out; begin again with the list of users.");
        }
    }

    public async Task<UserRecord?> ByLoginAsync(string login, CancellationToken cancellationToken) =>
        await logins.FindUserIdAsync(login, cancellationToken) is { } id ? await users.GetAsync(id, cancellationToken) : null;

    public async Task<UserModel> OfAsync(UserRecord user, PageCall call)
    {
        var ids = (await directories.ListAsync(call.CancellationToken)).Select(directory => directory.Id).ToList();
        var directoryId = ids.Contains(call.Query("directory")) ? call.Query("directory") : user.DirectoryId ?? ids.FirstOrDefault();
        var view = (await views.OfAsync([user], call.CancellationToken))[0];
        return new UserModel(user)
        {
            Account = view.Account,
            JobTitle = view.JobTitle,
            Directories = ids,
            DirectoryId = directoryId,
            Search = call.Query("person"),
            Found = call.Frame.CanAdminister && directoryId is not null && user.DirectoryId is null && call.Request.Query.ContainsKey("person")
                ? await lookup.UsersAsync(directoryId, call.Query("person"), FoundCount, call.CancellationToken)
                : null,
        };
    }
}
