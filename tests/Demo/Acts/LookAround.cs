using LdapSync.Demo.Servers;
using LdapSync.TestBed;

namespace LdapSync.Demo.Acts;

/// <summary>Where everything is, for whoever wants to see more.</summary>
internal static class LookAround
{
    public static void Play(Context context, bool kept)
    {
        var stage = context.Stage;
        if (!kept)
        {
            stage.Act("The end");
            stage.Say("The servers end now. './dev demo --keep' leaves them running to look around.");
            return;
        }

        var (app, ldap) = (context.Servers.AppUrl, context.Servers.LdapUrl);
        stage.Act("Look around");
        stage.Say($"LdapSync     {app}/api    (description: {app}/api/openapi.json)");
        stage.Say($"OpenLDAP     {ldap}   ldaps://{context.Servers.LdapsServer}   authority: {RunFolder.Short(RunFolder.Authority)}");
        stage.Say($"keys         {RunFolder.Short(RunFolder.KeysFile)}");
        stage.Say($"log          {RunFolder.Short(RunFolder.AppLog)}");
        stage.Say("");
        stage.Say($"key=$(sed 's/.*\"Function\":\"\\([^\"]*\\).*/\\1/' {RunFolder.Short(RunFolder.KeysFile)})");
        stage.Say($"curl -H \"x-functions-key: $key\" '{app}/api/users?search={DirectoryChanges.NewLogin}'");
        stage.Say($"curl -H \"x-functions-key: $key\" {app}/api/directories/{Context.DirectoryId}/runs");
        stage.Say($"curl -H \"x-functions-key: $key\" -X POST {app}/api/directories/{Context.DirectoryId}/sync -d '{{\"dryRun\":true}}'");
        stage.Say($"ldapsearch -x -H {ldap} -D {Slapd.ReaderName} -w {Slapd.ReaderPassword} -b {Company.PeopleBase} uid={DirectoryChanges.NewLogin}");
        stage.Say("");
        stage.Say("All of it runs until './dev stop'.");
        stage.Say("");
        stage.Good($"Admin pages  {app}/api/manage    key: {context.Servers.PagesKey}");
    }
}
