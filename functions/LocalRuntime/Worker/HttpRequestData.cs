namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>The worker's own request model. This host serves ASP.NET Core types only; the type is here for the signatures that name it.</summary>
public abstract class HttpRequestData(FunctionContext functionContext)
{
    public abstract Uri Url { get; }

    public abstract string Method { get; }

    public FunctionContext FunctionContext { get; } = functionContext;
}

/// <summary>Marks a parameter that is read from the request's JSON body.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class FromBodyAttribute : Attribute
{
}
