using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace LdapSync.LocalRuntime.Hosting;

/// <summary>Calls functions: a service scope each, the class from its constructor, parameters from bindings.</summary>
internal sealed class FunctionInvoker(IServiceProvider services)
{
    private readonly ConcurrentDictionary<Type, ObjectFactory> factories = new();

    /// <param name="bind">Gives the trigger's own parameters; false leaves a parameter to the host.</param>
    public async Task<object?> InvokeAsync(Function function, Binder bind, CancellationToken cancellation, Action<InvocationContext>? prepare = null)
    {
        await using var scope = services.CreateAsyncScope();
        var context = new InvocationContext(function, scope.ServiceProvider, cancellation);
        prepare?.Invoke(context);
        return await Begin(function, context, bind);
    }

    /// <summary>Begins the function on this thread.</summary>
    public Task<object?> Begin(Function function, InvocationContext context, Binder bind)
    {
        var target = function.Method.IsStatic ? null : Create(function.Method.DeclaringType!, context.InstanceServices);
        var arguments = function.Method.GetParameters().Select(parameter => Bind(function, parameter, context, bind)).ToArray();
        return ResultOf(function.Method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null), function.Method.ReturnType);
    }

    private object Create(Type type, IServiceProvider scope) =>
        factories.GetOrAdd(type, static type => ActivatorUtilities.CreateFactory(type, Type.EmptyTypes))(scope, null);

    private static object? Bind(Function function, ParameterInfo parameter, InvocationContext context, Binder bind)
    {
        if (bind(parameter, out var value))
        {
            return value;
        }

        if (parameter.ParameterType == typeof(CancellationToken))
        {
            return context.CancellationToken;
        }

        if (parameter.ParameterType == typeof(FunctionContext))
        {
            return context;
        }

        if (parameter.GetCustomAttribute<DurableClientAttribute>() is not null)
        {
            return context.InstanceServices.GetRequiredService<DurableTaskClient>();
        }

        return parameter.HasDefaultValue
            ? parameter.DefaultValue
            : throw new InvalidOperationException($"Function '{function.Name}': nothing binds to its parameter '{parameter.Name}'.");
    }

    private static async Task<object?> ResultOf(object? returned, Type type)
    {
        switch (returned)
        {
            case Task task:
                await task;
                break;
            case ValueTask task:
                await task;
                return null;
            default:
                return returned;
        }

        return type.IsGenericType ? type.GetProperty("Result")!.GetValue(returned) : null;
    }
}

internal delegate bool Binder(ParameterInfo parameter, out object? value);

internal sealed class InvocationContext(Function function, IServiceProvider services, CancellationToken cancellation) : FunctionContext
{
    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override string FunctionId => FunctionDefinition.Id;

    public override TraceContext TraceContext { get; } = new Trace();

    public override BindingContext BindingContext => new Bindings(Data);

    public override RetryContext RetryContext { get; } = new NoRetry();

    public override IServiceProvider InstanceServices { get; set; } = services;

    public override FunctionDefinition FunctionDefinition { get; } = new Definition(function);

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override CancellationToken CancellationToken => cancellation;

    public Dictionary<string, object?> Data { get; } = new(StringComparer.OrdinalIgnoreCase);

    private sealed class Trace : TraceContext
    {
        private readonly Activity? activity = Activity.Current;

        public override string TraceParent => activity?.Id ?? "";

        public override string TraceState => activity?.TraceStateString ?? "";
    }

    private sealed class Bindings(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }

    private sealed class NoRetry : RetryContext
    {
        public override int RetryCount => 0;

        public override int MaxRetryCount => 0;
    }

    private sealed class Definition(Function function) : FunctionDefinition
    {
        public override string PathToAssembly => function.Method.Module.FullyQualifiedName;

        public override string EntryPoint => function.EntryPoint;

        public override string Id => function.Name;

        public override string Name => function.Name;
    }
}
