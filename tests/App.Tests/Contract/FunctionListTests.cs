using System.Reflection;
using LdapSync.App.Sync;
using LdapSync.TestBed;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace LdapSync.App.Tests.Contract;

/// <summary>
/// <c>infra/functions.txt</c> lists every function with its bindings; <c>infra/check-app.sh</c> compares what the real packages' build found with it.
/// Written anew with <c>WRITE_FUNCTION_LIST=1</c>.
/// </summary>
public sealed class FunctionListTests
{
    [Fact]
    public void Functions_OfTheSource_AreAsListed()
    {
        var file = Path.Combine(Repository.Root, "infra", "functions.txt");
        var actual = string.Join('\n', Lines().Order(StringComparer.Ordinal)) + "\n";
        if (Environment.GetEnvironmentVariable("WRITE_FUNCTION_LIST") == "1")
        {
            File.WriteAllText(file, actual);
        }

        Assert.Equal(File.Exists(file) ? File.ReadAllText(file) : "", actual);
    }

    private static IEnumerable<string> Lines() =>
        from type in typeof(RunLdapSynchronization).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null
        select string.Join(' ', method.GetParameters().SelectMany(parameter => parameter.GetCustomAttributes()).Select(Binding).OfType<string>().Prepend(function.Name));

    private static string? Binding(Attribute attribute) => attribute switch
    {
        HttpTriggerAttribute http => $"httpTrigger:{http.AuthLevel}:{string.Join(',', http.Methods ?? [])}:{http.Route}",
        TimerTriggerAttribute timer => $"timerTrigger:{timer.Schedule}",
        OrchestrationTriggerAttribute => "orchestrationTrigger",
        ActivityTriggerAttribute => "activityTrigger",
        DurableClientAttribute => "durableClient",
        _ => null,
    };
}
