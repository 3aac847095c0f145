using System.Reflection;
using Microsoft.DurableTask;
using Xunit;

namespace LdapSync.LocalRuntime.Tests;

/// <summary>
/// Every public member in the packages' namespaces must be in <c>PublicSurface.txt</c>, which was compared with the packages' sources.
/// A new one is looked up there first, then written into the list (run this test with <c>WRITE_PUBLIC_SURFACE=1</c>).
/// </summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public void Surface_InThePackagesNamespaces_IsAsListed()
    {
        var file = Path.Combine(TestBed.Repository.Root, "tests", "LocalRuntime.Tests", "PublicSurface.txt");
        var actual = string.Join('\n', Lines()) + "\n";
        if (Environment.GetEnvironmentVariable("WRITE_PUBLIC_SURFACE") == "1")
        {
            File.WriteAllText(file, actual);
        }

        Assert.Equal(File.Exists(file) ? File.ReadAllText(file) : "", actual);
    }

    public static IEnumerable<string> Lines() =>
        from type in typeof(TaskOptions).Assembly.GetExportedTypes()
        where !type.Namespace!.StartsWith("LdapSync", StringComparison.Ordinal)
        orderby type.FullName
        from line in new[] { $"{Kind(type)} {type}" }.Concat(Members(type).Distinct().Order(StringComparer.Ordinal).Select(member => "  " + member))
        select line;

    private static string Kind(Type type) =>
        type.IsEnum ? "enum" : type.IsValueType ? "struct" : type.IsInterface ? "interface"
        : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";

    internal static IEnumerable<string> Members(Type type, bool inherited = false)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
        foreach (var member in type.GetMembers(inherited ? all | BindingFlags.FlattenHierarchy : all | BindingFlags.DeclaredOnly))
        {
            switch (member)
            {
                case ConstructorInfo constructor when IsVisible(constructor):
                    yield return $".ctor({Parameters(constructor)})";
                    break;
                case MethodInfo method when IsVisible(method) && !method.Name.Contains('<', StringComparison.Ordinal):
                    yield return $"{Modifiers(method)}{method.ReturnType} {method.Name}{(method.IsGenericMethod ? $"`{method.GetGenericArguments().Length}" : "")}({Parameters(method)})";
                    break;
                case FieldInfo { IsPublic: true, IsSpecialName: false } field:
                    yield return $"field {field.FieldType} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}";
                    break;
            }
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Modifiers(MethodInfo method) =>
        method.IsStatic ? "static " : method.IsAbstract ? "abstract " : method is { IsVirtual: true, IsFinal: false } && method.GetBaseDefinition() == method ? "virtual " : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{parameter.ParameterType} {parameter.Name}{(parameter.IsOptional ? $" = {parameter.DefaultValue ?? "default"}" : "")}"));
}
