using LdapConnection = Novell.Directory.Ldap.LdapConnection;

namespace LdapSync.Ldap.Novell;

/// <summary>The library's asynchronous calls wait for the server with the thread that makes them: they get one of their own, which can be left behind.</summary>
internal static class BlockingCalls
{
    public static Task<T> RunAsync<T>(Func<Task<T>> call) => OwnThread(call).Unwrap();

    public static Task<T> RunAsync<T>(Func<T> call) => OwnThread(call);

    /// <summary>Ends the connection. Its calls are woken by that; waiting for them could take as long as the server likes.</summary>
    public static async Task CloseAsync(LdapConnection connection, TimeSpan timeout, TimeProvider time)
    {
        try
        {
            await RunAsync(() =>
            {
                connection.Dispose();
                return true;
            }).WaitAsync(timeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The thread that closes it is left behind.
        }
    }

    private static Task<T> OwnThread<T>(Func<T> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
