using LdapSync.AdminPages.Users;
using LdapSync.App.Directories;
using LdapSync.App.Users;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;

namespace LdapSync.App.Pages;

/// <summary>Users as the pages show them.</summary>
public sealed class UserModels(UserStore users, UserViews views, DirectoryStore directories, DirectoryLookup lookup)
{
    private const int PageSize = 50;
    private const int FoundCount = 25;

    public async Task<UsersModel> ListAsync(PageCall call)
    {
        var (search, state) = (call.Query("search"), call.Query("state"));
        var page = await users.SearchAsync(
            new UserQuery
            {
                Search = search,
                Active = state switch { "active" => true, "inactive" => false, _ => null },
                PageSize = PageSize,
                ContinuationToken = call.Query("from") is { Length: > 0 } from ? from : null,
            },
            call.CancellationToken);
        return new UsersModel(page.Items) { Search = search, State = state, Next = page.ContinuationToken };
    }

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
            Found = directoryId is not null && user.DirectoryId is null && call.Request.Query.ContainsKey("person")
                ? await lookup.UsersAsync(directoryId, call.Query("person"), FoundCount, call.CancellationToken)
                : null,
        };
    }
}
