using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using LdapSync.App.Pages;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Api;

/// <summary>Describes the HTTP functions of an assembly as OpenAPI 3.1, from their triggers and <see cref="ApiOperationAttribute"/>.</summary>
public static partial class OpenApiDocument
{
    public static JsonObject Create(Assembly assembly)
    {
        var paths = new JsonObject();
        foreach (var function in Functions(assembly).OrderBy(function => function.Trigger.Route, StringComparer.Ordinal))
        {
            var path = "/api/" + RouteConstraint().Replace(function.Trigger.Route!, "{$1}");
            var item = paths[path]?.AsObject();
            if (item is null)
            {
                paths[path] = item = [];
            }

            foreach (var method in function.Trigger.Methods ?? [])
            {
                item[method.ToLowerInvariant()] = Operation(function, path);
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "LdapSync", ["version"] = "1", ["description"] = "Keeps an application's users, roles and role members in step with an LDAP directory." },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["functionKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-functions-key" },
                },
            },
        };
    }

    internal static IEnumerable<(MethodInfo Method, string Name, HttpTriggerAttribute Trigger, ApiOperationAttribute? Description)> Functions(Assembly assembly) =>
        from type in assembly.GetTypes()
        where !type.IsDefined(typeof(AdminPageAttribute))
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null
        from parameter in method.GetParameters()
        let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
        where trigger is not null
        select (method, function.Name, trigger, method.GetCustomAttribute<ApiOperationAttribute>());

    private static JsonObject Operation(
        (MethodInfo Method, string Name, HttpTriggerAttribute Trigger, ApiOperationAttribute? Description) function, string path)
    {
        var description = function.Description ?? throw new InvalidOperationException($"The function {function.Name} has no description.");
        var operation = new JsonObject { ["operationId"] = function.Name, ["summary"] = description.Summary };
        var parameters = new JsonArray();
        foreach (Match match in PathParameter().Matches(path))
        {
            parameters.Add((JsonNode)Parameter(match.Groups[1].Value, "path", required: true));
        }

        foreach (var name in description.Query)
        {
            parameters.Add((JsonNode)Parameter(name, "query", required: false));
        }

        if (parameters.Count > 0)
        {
            operation["parameters"] = parameters;
        }

        if (description.Request is not null)
        {
            operation["requestBody"] = new JsonObject { ["content"] = Content("application/json", description.Request) };
        }

        var answer = new JsonObject { ["description"] = "Success" };
        if (description.Response is not null)
        {
            answer["content"] = Content("application/json", description.Response);
        }

        operation["responses"] = new JsonObject
        {
            [description.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = answer,
            ["default"] = new JsonObject
            {
                ["description"] = "Problem details (RFC 9457); errors by field in 'errors'.",
                ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "object" } } },
            },
        };
        if (function.Trigger.AuthLevel != AuthorizationLevel.Anonymous)
        {
            operation["security"] = new JsonArray(new JsonObject { ["functionKey"] = new JsonArray() });
        }

        return operation;
    }

    private static JsonObject Parameter(string name, string place, bool required) => new()
    {
        ["name"] = name,
        ["in"] = place,
        ["required"] = required,
        ["schema"] = new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Content(string media, Type type) => new()
    {
        [media] = new JsonObject { ["schema"] = ApiJson.Options.GetJsonSchemaAsNode(type) },
    };

    [GeneratedRegex(@"\{([A-Za-z]+)[^}]*\}")]
    private static partial Regex RouteConstraint();

    [GeneratedRegex(@"\{([A-Za-z]+)\}")]
    private static partial Regex PathParameter();
}
