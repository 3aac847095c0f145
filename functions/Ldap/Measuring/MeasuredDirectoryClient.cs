using System.Diagnostics;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;

namespace LdapSync.Ldap.Measuring;

/// <summary>Measures another client: see <see cref="DirectoryMetrics"/>.</summary>
public sealed class MeasuredDirectoryClient(IDirectoryClient client, TimeProvider time) : IDirectoryClient
{
    public async Task<IDirectorySession> ConnectAsync(ConnectionSettings connection, string? password, CancellationToken cancellationToken)
    {
        using var span = DirectoryMetrics.Source.StartActivity("directory connect", ActivityKind.Client);
        var started = time.GetTimestamp();
        try
        {
            var session = await client.ConnectAsync(connection, password, cancellationToken).ConfigureAwait(false);
            var server = session.Server.Endpoint;
            span?.SetTag("server.address", server);
            DirectoryMetrics.Connecting.Record(time.GetElapsedTime(started).TotalSeconds, DirectoryMetrics.Server(server));
            return session is IChangeSource changes ? new ChangingSession(session, changes, time) : new MeasuredSession(session, time);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            span?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
            DirectoryMetrics.Failed((failure as DirectoryException)?.Server ?? "", failure);
            throw;
        }
    }

    private class MeasuredSession(IDirectorySession session, TimeProvider time) : IDirectorySession
    {
        public ServerProfile Server => session.Server;

        public IDirectorySearch Search(SearchRequest request) => new MeasuredSearch(session.Search(request), Server.Endpoint, time);

        public ValueTask DisposeAsync() => session.DisposeAsync();
    }

    private sealed class ChangingSession(IDirectorySession session, IChangeSource source, TimeProvider time) : MeasuredSession(session, time), IChangeSource
    {
        public IChangeSearch Changes(ChangeRequest request, string? cookie) => source.Changes(request, cookie);
    }
}
