using System.Runtime.Versioning;
using LdapSync.PagesTool;

[assembly: SupportedOSPlatform("linux")]

switch (args)
{
    case ["bench", .. var rest]:
        await Bench.RunAsync(rest is [var users] ? int.Parse(users, System.Globalization.CultureInfo.InvariantCulture) : 100_000);
        return 0;
    case ["screenshots", var address, var key, var ldap, var folder, .. var rest] when rest is [] or ["every"]:
        await Screenshots.TakeAsync(new Uri(address), key, ldap, folder, every: rest.Length > 0);
        return 0;
    default:
        Console.Error.WriteLine("usage: bench [USERS]\n       screenshots ADDRESS KEY LDAP_URL FOLDER [every]    of a running demo; every: each page also by night and 360 pixels wide");
        return 2;
}
