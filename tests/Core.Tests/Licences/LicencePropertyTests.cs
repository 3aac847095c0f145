using CsCheck;
using LdapSync.Core.Formats;
using LdapSync.Core.Licences;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Licences;

/// <summary>Several runs over a model of people and licences: whatever happens between them, the promises hold after each.</summary>
public sealed class LicencePropertyTests
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<(int Total, (int Person, bool Active)[] Changes, bool Rebuild)[]> Runs =
        Gen.Select(Gen.Int[0, 12], Gen.Select(Gen.Int[0, 15], Gen.Bool).Array[0, 8], Gen.Bool).Array[1, 12];

    [Fact]
    [Trait("Rule", "L1")]
    [Trait("Rule", "L3")]
    public void Runs_AnyChanges_NeverGrantMoreThanThereAreAndLeaveNothingToDo() => Runs.Sample(runs =>
    {
        var model = new Model();
        foreach (var (total, changes, rebuild) in runs)
        {
            // A total below what is granted is refused by the editor.
            model.Total = Math.Max(total, model.Granted.Count);
            var decided = model.Change(changes);
            model.Run(rebuild ? model.Everybody : decided, forget: rebuild);

            Assert.True(model.Granted.Count <= model.Total);
            Assert.All(model.Granted, holder => Assert.True(model.Active[holder]));
            Assert.Equal(model.Active.Count(person => person.Value), model.Granted.Count + model.Waiting.Count);
            Assert.True(model.Waiting.Count == 0 || model.Granted.Count == model.Total);
            Assert.Equal(model.Waiting.Order(), model.Waiting);

            // Once more, by what is remembered and by looking at everybody: nothing to do, and the same people wait.
            Assert.Equal((0, 0), model.Look([], forget: false));
            Assert.Equal((0, 0), model.Look(model.Everybody, forget: true));
            Assert.Equal(model.Waiting, model.PlanOf(model.Everybody, forget: true).Waiting);
        }
    });

    [Fact]
    [Trait("Rule", "L1")]
    public void Plan_AnyOrderOfCandidates_IsTheSame() => Gen.Select(Gen.Int[0, 9], Gen.Int[0, 30].Array[0, 12], Gen.Int).Sample((total, ages, seed) =>
    {
        var candidates = ages.Select((age, index) => new LicenceCandidate($"{index:x2}", Epoch.AddDays(age), Active: true)).ToList();
        var product = new LicenceProduct("crm") { Name = "CRM", Total = total };
        var plan = LicencePlanner.Plan(new OptionSettings(), product, [], candidates, new HashSet<string>());
        var shuffled = LicencePlanner.Plan(
            new OptionSettings(), product, [], [.. candidates.OrderBy(candidate => unchecked((uint)((candidate.UserId[1] * 7919) ^ seed)))], new HashSet<string>());

        Assert.Equal(plan.Grants, shuffled.Grants);
        Assert.Equal(plan.Waiting, shuffled.Waiting);
        Assert.True(plan.Grants.Count == 0 || plan.Waiting.Count == 0 || plan.Grants[^1] < plan.Waiting[0]);
    });

    [Fact]
    public void State_AnyPeople_IsReadAsWritten() => Gen.Select(Gen.String, Gen.Dictionary(Gen.String[Gen.Char['a', 'f'], 1, 3], Gen.Int[0, 99].Array)).Sample((key, products) =>
    {
        var state = new LicenceState(key, products.ToDictionary(
            product => product.Key, IReadOnlyList<LicenceWaiter> (product) => [.. product.Value.Select(age => new LicenceWaiter($"{age:x32}", Epoch.AddTicks(age)))]));

        Assert.True(LicenceStateFormat.Read(LicenceStateFormat.Write(state))!.SameAs(state));
    });

    [Fact]
    public void State_CutOrDamaged_IsNoStateOrAnother() => Gen.Select(Gen.Int[0, 200], Gen.Byte).Sample((place, value) =>
    {
        var octets = LicenceStateFormat.Write(new LicenceState("grant", new Dictionary<string, IReadOnlyList<LicenceWaiter>>
        {
            ["crm"] = [new LicenceWaiter("0a", Epoch), new LicenceWaiter("0b", Epoch)],
        }));
        place %= octets.Length;
        Assert.Null(LicenceStateFormat.Read(octets.AsSpan(0, place)));
        octets[place] = value;
        _ = LicenceStateFormat.Read(octets);
    });

    private sealed class Model
    {
        private int day;

        public int Total { get; set; }

        public Dictionary<string, bool> Active { get; } = [];

        public Dictionary<string, DateTimeOffset> Since { get; } = [];

        public HashSet<string> Granted { get; } = [];

        public IReadOnlyList<LicenceWaiter> Waiting { get; private set; } = [];

        public IReadOnlyCollection<string> Everybody => Active.Keys;

        /// <returns>Whom it concerns.</returns>
        public HashSet<string> Change((int Person, bool Active)[] changes)
        {
            day++;
            foreach (var (person, active) in changes)
            {
                var id = $"{person:x2}";
                Active[id] = active;
                Since.TryAdd(id, Epoch.AddDays(day));
            }

            return [.. changes.Select(change => $"{change.Person:x2}")];
        }

        public LicencePlan PlanOf(IReadOnlyCollection<string> decided, bool forget) => LicencePlanner.Plan(
            new OptionSettings(), new LicenceProduct("crm") { Name = "CRM", Total = Total, Granted = Granted.Count }, forget ? [] : Waiting,
            [.. decided.Select(id => new LicenceCandidate(id, Since[id], Active[id]))], Granted);

        public void Run(IReadOnlyCollection<string> decided, bool forget)
        {
            var plan = PlanOf(decided, forget);
            Granted.ExceptWith(plan.Reclaims);
            Granted.UnionWith(plan.Grants.Select(waiter => waiter.UserId));
            Waiting = plan.Waiting;
        }

        public (int Grants, int Reclaims) Look(IReadOnlyCollection<string> decided, bool forget)
        {
            var plan = PlanOf(decided, forget);
            return (plan.Grants.Count, plan.Reclaims.Count);
        }
    }
}
