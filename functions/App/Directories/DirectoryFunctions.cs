using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Directories;

/// <param name="NextRun">When the timer starts the next run; null: only by hand.</param>
public sealed record DirectoryView(string Id, string ServerName, DateTimeOffset? LastRun, DateTimeOffset? NextRun, string? ActiveRunId)
{
    public static DirectoryView Of(DirectoryRecord directory, DateTimeOffset now)
    {
        var schedule = directory.Settings.Schedule;
        DateTimeOffset? next = schedule.Paused || schedule.IntervalHours == 0 ? null : directory.LastRunFinished?.AddHours(schedule.IntervalHours) ?? now;
        return new DirectoryView(directory.Id, directory.Settings.Connection.ServerName, directory.LastRunFinished, next, directory.ActiveRunId);
    }
}

public sealed record GroupView(string LdapId, string Name, string DistinguishedName);

public sealed record DirectoryUserView(string LdapId, string Login, string FullName, string? Email, string DistinguishedName, bool Enabled);

/// <summary>Directories, and what is in them right now.</summary>
public sealed class DirectoryFunctions(
    ApiCalls calls, DirectoryStore directories, DirectoryLookup lookup, DirectoryRemoval removal, TimeProvider time)
{
    [Function("ListDirectories")]
    [ApiOperation("All directories", Access = Access.Reader, Response = typeof(Page<DirectoryView>))]
    public Task<IResult> ListDirectories([HttpTrigger(AuthorizationLevel.Function, "get", Route = "directories")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken =>
            ApiCalls.Json(new Page<DirectoryView>([.. (await directories.ListAsync(cancellationToken)).Select(directory => DirectoryView.Of(directory, time.GetUtcNow()))])));

    [Function("DeleteDirectory")]
    [ApiOperation("Removes a directory's settings, its password and the record of its sign-ins; its users stay as they are", Access = Access.Administrator, Status = 204)]
    public Task<IResult> DeleteDirectory([HttpTrigger(AuthorizationLevel.Function, "delete", Route = "directories/{directoryId}")] HttpRequest request, string directoryId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            await removal.RemoveAsync(directoryId, cancellationToken);
            return Results.NoContent();
        });

    [Function("FindGroups")]
    [ApiOperation("Groups straight from the directory", Access = Access.Operator, Response = typeof(Page<GroupView>), Query = ["search", "limit"])]
    public Task<IResult> FindGroups(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "directories/{directoryId}/groups")] HttpRequest request, string directoryId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var groups = await lookup.GroupsAsync(directoryId, ApiRequest.Text(request, "search"), ApiRequest.Count(request, "limit", 50, 1000), cancellationToken);
            return ApiCalls.Json(new Page<GroupView>([.. groups.Select(group => new GroupView(group.LdapId, group.Name, group.DistinguishedName))]));
        });

    [Function("FindDirectoryUsers")]
    [ApiOperation("Users straight from the directory", Access = Access.Operator, Response = typeof(Page<DirectoryUserView>), Query = ["search", "limit"])]
    public Task<IResult> FindDirectoryUsers(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "directories/{directoryId}/users")] HttpRequest request, string directoryId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var users = await lookup.UsersAsync(directoryId, ApiRequest.Text(request, "search"), ApiRequest.Count(request, "limit", 50, 1000), cancellationToken);
            return ApiCalls.Json(new Page<DirectoryUserView>(
                [.. users.Select(user => new DirectoryUserView(user.LdapId, user.Login, user.FullName, user.Email, user.DistinguishedName, user.Enabled))]));
        });
}
