using System.Text.Json;
using LdapSync.LocalRuntime.Engine;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LdapSync.LocalRuntime.Hosting;

/// <summary>How durable data is written: System.Text.Json as the app configures it, names as written, read in any case.</summary>
internal sealed class DurableData(IOptions<JsonSerializerOptions> options)
{
    public DataConverter Converter { get; } = new JsonDataConverter(options.Value);
}

internal sealed class OrchestratorFunctions(FunctionCatalog catalog, FunctionInvoker invoker, IServiceProvider services) : IOrchestrators
{
    private readonly Dictionary<string, Function> byName = catalog.With<OrchestrationTriggerAttribute>()
        .ToDictionary(found => found.Trigger.Orchestration ?? found.Function.Name, found => found.Function, StringComparer.OrdinalIgnoreCase);

    public async Task<object?> RunAsync(string name, OrchestrationContext context)
    {
        if (!byName.TryGetValue(name, out var function))
        {
            throw new InvalidOperationException(Failures.Missing("orchestrator", name).ErrorMessage);
        }

        // Not an asynchronous scope: its disposal would leave the orchestrator's thread.
        using var scope = services.CreateScope();
        var invocation = new InvocationContext(function, scope.ServiceProvider, CancellationToken.None);
        return await invoker.Begin(function, invocation, Bind);

        bool Bind(System.Reflection.ParameterInfo parameter, out object? value)
        {
            if (parameter.ParameterType == typeof(TaskOrchestrationContext))
            {
                value = context;
                return true;
            }

            var isInput = parameter.ParameterType != typeof(FunctionContext) && parameter.ParameterType != typeof(CancellationToken);
            value = isInput ? context.GetInput(parameter.ParameterType) : null;
            return isInput;
        }
    }
}

internal sealed class ActivityFunctions(FunctionCatalog catalog, FunctionInvoker invoker)
{
    private readonly Dictionary<string, Function> byName = catalog.With<ActivityTriggerAttribute>()
        .ToDictionary(found => found.Trigger.Activity ?? found.Function.Name, found => found.Function, StringComparer.OrdinalIgnoreCase);

    public bool Has(string name) => byName.ContainsKey(name);

    public Task<object?> RunAsync(string name, Func<Type, object?> readInput, CancellationToken cancellation)
    {
        var function = byName[name];
        return invoker.InvokeAsync(function, Bind, cancellation);

        bool Bind(System.Reflection.ParameterInfo parameter, out object? value)
        {
            var isInput = function.IsTrigger(parameter);
            value = isInput ? readInput(parameter.ParameterType) : null;
            return isInput;
        }
    }
}
