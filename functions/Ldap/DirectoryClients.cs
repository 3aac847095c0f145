using LdapSync.Core.Reading;
using LdapSync.Ldap.Measuring;

namespace LdapSync.Ldap;

/// <summary>The clients to choose from (application setting <c>Ldap__Client</c>).</summary>
public static partial class DirectoryClients
{
    /// <param name="name"><c>own</c> (also where nothing is set), or <c>novell</c>: the Novell library, which only the Azure build has.</param>
    /// <param name="time">The clock.</param>
    /// <param name="readSecret">See <see cref="LdapClientOptions.ReadSecret"/>.</param>
    /// <exception cref="InvalidOperationException">There is no such client in this build.</exception>
    public static IDirectoryClient Create(string? name, TimeProvider time, Func<string, CancellationToken, Task<string?>>? readSecret = null)
    {
        IDirectoryClient? client = name switch
        {
            null or "" or "own" => new LdapDirectoryClient(new LdapClientOptions { ReadSecret = readSecret }, time),
            "novell" => null,
            _ => throw new InvalidOperationException("Ldap__Client must be own or novell."),
        };
        if (client is null)
        {
            CreateNovell(time, ref client);
        }

        return new MeasuredDirectoryClient(
            client ?? throw new InvalidOperationException("Ldap__Client is novell, but this build has no Novell library: it is part of the Azure build only. Set it to own."), time);
    }

    /// <summary>In the build with the Novell library there is one.</summary>
    static partial void CreateNovell(TimeProvider time, ref IDirectoryClient? client);
}
