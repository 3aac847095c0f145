using LdapSync.AdminPages.Setup;
using LdapSync.App.Api;
using LdapSync.App.Settings;
using LdapSync.Core.Filters;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;

namespace LdapSync.App.Pages;

/// <summary>The form of the settings: as saved, as typed, as tested.</summary>
public sealed class SetupModels(SettingsEditor editor, SettingsTrial trial)
{
    public static SetupModel New() => new((string?)null) { Values = SettingsForm.Values(new DirectorySettings()) };

    public async Task<SetupModel> SavedAsync(string directoryId, CancellationToken cancellationToken)
    {
        var (directory, saved) = await editor.GetAsync(directoryId, cancellationToken);
        return new SetupModel(directory.Id)
        {
            Values = SettingsForm.Values(directory.Settings),
            SavedSecrets = Names(saved),
            Tag = SettingsEditor.Tag(directory.Settings),
            Hints = SettingsLint.Check(directory.Settings),
        };
    }

    /// <summary>The form as it was sent.</summary>
    public async Task<SetupModel> TypedAsync(PageCall call, string? directoryId)
    {
        var begun = directoryId is null ? New() : await SavedAsync(directoryId, call.CancellationToken);
        return begun with { NewId = call.Text("directoryId"), Values = SettingsForm.Typed(call), Tag = call.Text("tag"), Hints = [] };
    }

    /// <summary>A preset fills in attributes and filters, and leaves what it cannot know.</summary>
    public static SetupModel Preset(SetupModel model, string preset)
    {
        var searchBase = model.Values["users.searchBase"];
        var values = SettingsForm.Values(SettingsPresets.For(preset == "activeDirectory" ? DirectoryKind.ActiveDirectory : DirectoryKind.OpenLdap, searchBase));
        return model with
        {
            Values = model.Values.ToDictionary(
                field => field.Key,
                field => IsPreset(field.Key) ? values[field.Key] : field.Value,
                StringComparer.Ordinal),
        };
    }

    public async Task<SetupModel> TestAsync(SetupModel model, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken)
    {
        try
        {
            var saved = model.Id is null ? new DirectorySettings() : (await editor.GetAsync(model.Id, cancellationToken)).Directory.Settings;
            var body = SettingsForm.Read(saved, model.Values, secrets);
            var secret = await editor.PasswordAsync(model.Id ?? "", body.Password, cancellationToken);
            SettingsEditor.Check(body.Settings, !string.IsNullOrEmpty(secret));
            var view = await trial.RunAsync(body.Settings, secret, cancellationToken);
            return model with { Trial = Trial(body.Settings, view), Hints = SettingsLint.Check(body.Settings) };
        }
        catch (ApiException problem)
        {
            return model with { Errors = PageCall.ErrorsOf(problem) with { Message = problem.Errors.Count > 0 ? "Not tested: please look at the marked fields." : problem.Message } };
        }
    }

    /// <summary>Somebody else saved meanwhile: the form as typed, beside what is saved now, ready to be saved over it.</summary>
    public async Task<SetupModel> ConflictAsync(SetupModel typed, CancellationToken cancellationToken)
    {
        var saved = await SavedAsync(typed.Id!, cancellationToken);
        return typed with { Tag = saved.Tag, Differences = SettingsForm.Differences(saved.Values, typed.Values) };
    }

    public static FilterCheckModel Check(string text, bool macros)
    {
        try
        {
            if (!macros)
            {
                _ = LdapFilter.Parse(text);
                return new FilterCheckModel(text, null, null, []);
            }

            var named = GroupUsersFilter.MacroNames.Where(name => text.Contains(name, StringComparison.OrdinalIgnoreCase)).ToList();
            return GroupUsersFilter.Parse(text).HasMacro
                ? new FilterCheckModel(text, null, null, named)
                : new FilterCheckModel(text, $"Every group would get the same users: name the group by {string.Join(", ", GroupUsersFilter.MacroNames)}.", null, []);
        }
        catch (FilterSyntaxException problem)
        {
            return new FilterCheckModel(text, problem.Problem, problem.Position, []);
        }
    }

    private static HashSet<string> Names(SavedSecrets saved) => new(
        new[] { (SettingsFields.Password, saved.Password), (SettingsFields.WebhookUrl, saved.WebhookUrl), (SettingsFields.WebhookKey, saved.WebhookKey) }
            .Where(secret => secret.Item2).Select(secret => secret.Item1),
        StringComparer.Ordinal);

    private static bool IsPreset(string field) =>
        field.StartsWith("filters.", StringComparison.Ordinal)
        || ((field.StartsWith("users.", StringComparison.Ordinal) || field.StartsWith("groups.", StringComparison.Ordinal)) && !field.EndsWith(".searchBase", StringComparison.Ordinal));

    private static TrialModel Trial(DirectorySettings settings, SettingsTestView view) => new()
    {
        Ok = view.Ok,
        FailedField = view.Failure?.Field,
        Failure = view.Failure?.Message,
        Server = view.Server is not { } server ? [] :
        [
            ("Server", $"{server.Endpoint}, {server.Description}"),
            ("Signed in with", server.Authentication),
            ("Certificate", server.Certificate ?? "none: not encrypted"),
            ("Trees", string.Join("; ", server.NamingContexts)),
        ],
        SuggestedPreset = Suggest(settings, view.Server?.Kind),
        Users = Found(view.Users),
        Groups = Found(view.Groups),
        FirstGroupMembers = view.Members?.Users,
        Absent = view.Users is { Sample.Count: > 0 } users ? [.. Absent(settings.Users, users.Sample)] : [],
    };

    private static FoundModel<T>? Found<T>(FoundView<T>? view) =>
        view is null ? null : new FoundModel<T>(view.Count, view.Complete, view.Sample, view.Problems, view.ProblemSample);

    /// <summary>The preset of the kind that the server is, where the id attribute is of another kind.</summary>
    private static string? Suggest(DirectorySettings settings, DirectoryKind? kind)
    {
        var isActiveDirectory = settings.Users.UserId.StartsWith("object", StringComparison.OrdinalIgnoreCase);
        return kind switch
        {
            DirectoryKind.ActiveDirectory when !isActiveDirectory => "activeDirectory",
            DirectoryKind.OpenLdap when isActiveDirectory || settings.Users.UserId.Length == 0 => "openLdap",
            _ => null,
        };
    }

    private static IEnumerable<string> Absent(UserSettings settings, IReadOnlyList<MappedUser> sample)
    {
        (string Attribute, Func<MappedUser, string?> Value)[] fields =
            [(settings.Email, user => user.Email), (settings.Company, user => user.Company), (settings.Phone, user => user.Phone), (settings.JobTitle, user => user.JobTitle)];
        return fields.Where(field => field.Attribute.Length > 0 && sample.All(user => field.Value(user) is null)).Select(field => field.Attribute);
    }
}
