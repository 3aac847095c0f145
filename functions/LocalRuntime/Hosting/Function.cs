using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace LdapSync.LocalRuntime.Hosting;

/// <summary>A method marked as a function, and its trigger.</summary>
internal sealed record Function(string Name, MethodInfo Method, ParameterInfo TriggerParameter, TriggerBindingAttribute Trigger)
{
    public string EntryPoint => $"{Method.DeclaringType!.FullName}.{Method.Name}";

    /// <summary>By position: reflection does not promise one object for one parameter.</summary>
    public bool IsTrigger(ParameterInfo parameter) => parameter.Position == TriggerParameter.Position;

    public string TypeName => Trigger switch
    {
        HttpTriggerAttribute => "httpTrigger",
        TimerTriggerAttribute => "timerTrigger",
        OrchestrationTriggerAttribute => "orchestrationTrigger",
        ActivityTriggerAttribute => "activityTrigger",
        _ => Trigger.GetType().Name,
    };
}

/// <summary>The functions of an app.</summary>
internal sealed class FunctionCatalog
{
    private readonly Dictionary<string, Function> byName = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="InvalidOperationException">Two functions share a name, or one has not exactly one trigger.</exception>
    public FunctionCatalog(FunctionSource source)
    {
        foreach (var method in source.Types.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is not { } mark)
            {
                continue;
            }

            var triggers = method.GetParameters()
                .Select(parameter => (Parameter: parameter, Trigger: parameter.GetCustomAttribute<TriggerBindingAttribute>()))
                .Where(found => found.Trigger is not null).ToList();
            var function = triggers.Count == 1
                ? new Function(mark.Name, method, triggers[0].Parameter, triggers[0].Trigger!)
                : throw new InvalidOperationException($"Function '{mark.Name}' ({method.DeclaringType}.{method.Name}) must have exactly one trigger; it has {triggers.Count}.");
            if (!byName.TryAdd(mark.Name, function))
            {
                throw new InvalidOperationException($"Two functions have the name '{mark.Name}': {byName[mark.Name].EntryPoint} and {function.EntryPoint}.");
            }
        }
    }

    public IEnumerable<Function> All => byName.Values;

    public Function? Find(string name) => byName.GetValueOrDefault(name);

    public IEnumerable<(Function Function, T Trigger)> With<T>()
        where T : TriggerBindingAttribute =>
        from function in byName.Values where function.Trigger is T select (function, (T)function.Trigger);
}

/// <summary>Where functions are looked for: the entry assembly, or what a test names.</summary>
internal sealed record FunctionSource(IReadOnlyList<Type> Types)
{
    public static FunctionSource EntryAssembly() => new(Assembly.GetEntryAssembly()?.GetTypes() ?? []);
}
