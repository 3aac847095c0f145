using LdapSync.AdminPages.Explain;
using LdapSync.App.Explanations;
using LdapSync.Core.Reading;
using LdapSync.Storage.Records;

namespace LdapSync.App.Pages;

/// <summary>The account of why a person is, or is not, as expected.</summary>
public sealed class ExplainModels(Explanation explanation, DirectoryStore directories, RunModels runs)
{
    public async Task<ExplainModel> OfAsync(string directoryId, string login, CancellationToken cancellationToken)
    {
        var ids = (await directories.ListAsync(cancellationToken)).Select(directory => directory.Id).ToList();
        try
        {
            var view = await explanation.ExplainAsync(directoryId, login, cancellationToken);
            var people = new List<PersonModel>();
            foreach (var person in view.People)
            {
                people.Add(await PersonAsync(person, cancellationToken));
            }

            var past = new List<(string, DateTimeOffset?, AdminPages.Runs.PlanItem)>();
            foreach (var run in view.LastChanges.GroupBy(change => (change.RunId, change.At)))
            {
                past.AddRange((await runs.ItemsAsync([.. run.Select(change => change.Change)], cancellationToken)).Select(item => (run.Key.RunId, run.Key.At, item)));
            }

            return new ExplainModel(directoryId, login, people, past) { Directories = ids };
        }
        catch (DirectoryException failure)
        {
            return new ExplainModel(directoryId, login, [], []) { Directories = ids, Failure = failure.Message };
        }
    }

    private async Task<PersonModel> PersonAsync(PersonView person, CancellationToken cancellationToken)
    {
        var (directory, stored) = (person.Directory, person.Stored);
        var signIn = person.Rules.LastOrDefault(reason => reason.Rule.StartsWith('I'));
        var canSignIn = stored?.User.CanSignIn ?? false;
        return new PersonModel
        {
            Title = stored?.User.FullName ?? directory?.Attributes?.FullName ?? directory?.DistinguishedName ?? "",
            CanSignIn = canSignIn,
            Verdict = signIn?.Why ?? (canSignIn ? "May sign in." : "Cannot sign in."),
            Reasons = [.. person.Rules.Where(reason => reason != signIn).OrderByDescending(reason => reason.Applies)],
            Entry = directory?.DistinguishedName,
            InDirectory = directory is null ? [] : [.. Facts(directory)],
            Groups = directory is null ? [] : [.. directory.Groups.Select(group => (group.RoleId, group.Group, group.IsMember))],
            UserId = stored?.User.Id,
            Stored = stored is null ? [] : [.. Facts(stored)],
            Roles = stored is null ? [] : [.. stored.Roles.Select(role => (role.RoleId, role.Name, role.FromDirectory))],
            Next = await runs.ItemsAsync(person.NextRun, cancellationToken),
            Notes = person.Notes,
            HasCollision = person.CollisionId is not null,
        };
    }

    private static IEnumerable<(string, string)> Facts(DirectoryPersonView directory)
    {
        yield return ("Users filter", directory.InUsersFilter ? "finds the entry" : "does not find the entry");
        yield return ("Account", directory.Active switch { true => "on", false => "off", _ => "not known" });
        foreach (var finding in directory.Status)
        {
            yield return (finding.Attribute, $"{AdminPages.Frame.Say.Words(finding.Kind.ToString())}{(finding.Counts ? "" : " (does not count)")}");
        }

        if (directory.Problem is { } problem)
        {
            yield return (problem.Attribute, problem.Message);
        }

        if (directory.Attributes is { } user)
        {
            yield return ("Login", user.Login);
            yield return ("Full name", user.FullName);
            yield return ("E-mail", user.Email ?? "–");
        }
    }

    private static IEnumerable<(string, string)> Facts(StoredPersonView stored)
    {
        yield return ("Active", stored.User.Active ? "yes" : "no");
        yield return ("Can sign in", stored.User.CanSignIn ? "yes" : "no");
        yield return ("Directory", stored.User.DirectoryId is { } id ? stored.User.BoundByHand ? $"{id}, bound by hand" : id : "none: kept by hand");
        yield return ("Login", stored.User.Login);
        yield return ("Full name", stored.User.FullName);
        yield return ("E-mail", stored.User.Email ?? "–");
    }
}
