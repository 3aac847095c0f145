using LdapSync.Core.Reading;
using LdapSync.Ldap.Novell;

namespace LdapSync.Ldap;

public static partial class DirectoryClients
{
    static partial void CreateNovell(TimeProvider time, ref IDirectoryClient? client) => client = new NovellDirectoryClient(time);
}
