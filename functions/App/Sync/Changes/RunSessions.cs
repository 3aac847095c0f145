using LdapSync.Core.Reading;

namespace LdapSync.App.Sync;

/// <summary>
/// Connections for what a run reads after it has taken the directory's cookies. Behind one name there may be several servers, of which one lags behind: with
/// the cookies of one and the entries of another, what the latter did not have yet would never be told.
/// </summary>
public sealed class RunSessions(DirectorySessions sessions, RunFiles files)
{
    internal const string SeveralServers = "the last run read from several servers, which may not have been on the same level; name one of them in connection.serverName";

    /// <summary>Opens a signed-in connection, and gives the run's cookies up where they are another server's.</summary>
    /// <exception cref="DirectoryException">The directory cannot be reached or refuses.</exception>
    public async Task<IDirectorySession> OpenAsync(RunContext run, string runId, CancellationToken cancellationToken)
    {
        var session = await sessions.OpenAsync(run.DirectoryId, run.Settings.Connection, cancellationToken);
        try
        {
            if (await files.FindCookiesAsync(runId, cancellationToken) is { Server: { } server } cookies && server != session.Server.Identity)
            {
                await files.SaveCookiesAsync(runId, cookies with { Users = null, Unavailable = cookies.Unavailable ?? SeveralServers }, cancellationToken);
            }

            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }
}
