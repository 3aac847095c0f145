using LdapSync.Core.Reading;
using LdapSync.Ldap.Authentication;
using LdapSync.LdapTool;

KerberosEnvironment.Prepare();
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
try
{
    return args switch
    {
        ["search", .. var rest] => await SearchCommand.RunAsync(Arguments.Parse(rest), stop.Token),
        ["probe", .. var rest] => await ProbeCommand.RunAsync(Arguments.Parse(rest), stop.Token),
        ["bench", .. var rest] => await BenchCommand.RunAsync(Arguments.Parse(rest), stop.Token),
        ["bench-reader", .. var rest] => await BenchReader.RunAsync(Arguments.Parse(rest), stop.Token),
        ["fuzz", .. var rest] => await FuzzCommand.RunAsync(Arguments.Parse(rest), stop.Token),
        _ => Arguments.PrintHelp(),
    };
}
catch (DirectoryException exception)
{
    await Console.Error.WriteLineAsync($"{exception.Failure}: {exception.Message}");
    return 1;
}
catch (ArgumentException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 64;
}
catch (OperationCanceledException)
{
    return 130;
}
