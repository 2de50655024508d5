using FleetProf.Agent.Budgets;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Discovery;

/// <summary>The instances that discovery knows now, with what their sessions and the host's policy say about them. Thread-safe.</summary>
/// <param name="policy">Services it denies are listed with that problem; null denies none.</param>
public sealed class InstanceDirectory(LocalPolicy? policy = null)
{
    private const int DetailChars = 500;
    private readonly Lock gate = new();
    private readonly Dictionary<string, KnownInstance> instances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (InstanceProblem Problem, string Detail)> sessionProblems = new(StringComparer.Ordinal);

    /// <summary>The list has another content than before. Raised outside of locks, on any thread.</summary>
    public event Action? Changed;

    public int Count
    {
        get
        {
            lock (gate) return instances.Count;
        }
    }

    /// <summary>Null when unknown, ended, or not to be attached to.</summary>
    public TargetProcess? Find(string instanceId)
    {
        lock (gate) return instances.GetValueOrDefault(instanceId)?.Target;
    }

    /// <summary>
    /// Why the instance cannot be captured; None when it can, or is unknown. A lost vitals session is no reason: it comes back by
    /// itself, and a capture has a session of its own.
    /// </summary>
    public InstanceProblem ProblemOf(string instanceId)
    {
        lock (gate)
        {
            if (!instances.TryGetValue(instanceId, out var instance)) return InstanceProblem.None;
            var problem = ProblemOf(instance).Problem;
            return problem == InstanceProblem.SessionLost ? InstanceProblem.None : problem;
        }
    }

    /// <summary>The whole list as the silo is told it, ordered by id.</summary>
    public Inventory Describe()
    {
        var inventory = new Inventory();
        lock (gate)
        {
            foreach (var instance in instances.Values.OrderBy(instance => instance.InstanceId, StringComparer.Ordinal))
            {
                var description = instance.Description.Clone();
                (description.Problem, description.ProblemDetail) = ProblemOf(instance);
                inventory.Instances.Add(description);
            }
        }
        return inventory;
    }

    /// <summary>Adds the instance, or replaces what was known of it.</summary>
    public void Put(KnownInstance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        lock (gate)
        {
            if (instances.TryGetValue(instance.InstanceId, out var known) && known.Description.Equals(instance.Description) && known.Target == instance.Target) return;
            instances[instance.InstanceId] = instance;
        }
        Changed?.Invoke();
    }

    /// <summary>The process has ended.</summary>
    public void Remove(string instanceId)
    {
        lock (gate)
        {
            sessionProblems.Remove(instanceId);
            if (!instances.Remove(instanceId)) return;
        }
        Changed?.Invoke();
    }

    /// <summary>Why the vitals of an instance stopped; None when they flow again.</summary>
    public void SetSessionProblem(string instanceId, InstanceProblem problem, string detail)
    {
        lock (gate)
        {
            if (!instances.ContainsKey(instanceId)) return;
            if (problem == InstanceProblem.None) sessionProblems.Remove(instanceId);
            else sessionProblems[instanceId] = (problem, CleanText.Of(detail, DetailChars));
        }
        Changed?.Invoke();
    }

    /// <summary>Something outside that the list shows has changed: the policy.</summary>
    public void NotifyChanged() => Changed?.Invoke();

    private (InstanceProblem Problem, string Detail) ProblemOf(KnownInstance instance)
    {
        if (instance.Description.Problem != InstanceProblem.None) return (instance.Description.Problem, instance.Description.ProblemDetail);
        if (sessionProblems.TryGetValue(instance.InstanceId, out var session)) return session;
        return policy?.DenialOf(instance.Description.Service) is { } denial ? (InstanceProblem.DeniedByPolicy, denial) : (InstanceProblem.None, "");
    }
}
