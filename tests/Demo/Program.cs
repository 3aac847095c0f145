using System.Runtime.Versioning;
using LdapSync.Demo;
using LdapSync.Demo.Acts;
using LdapSync.Demo.Servers;
using LdapSync.Demo.Terminal;

[assembly: SupportedOSPlatform("linux")]

if (args is [Supervisor.Verb])
{
    return await Supervisor.RunAsync();
}

if (DemoOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine("usage: ./dev demo [--fast] [--keep]");
    return 2;
}

using var ended = new EndSignals();
var stage = new Stage(options);
return await new Show(stage, options).RunAsync(ended.Token);
