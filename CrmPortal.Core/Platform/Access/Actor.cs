namespace CrmPortal.Core.Platform.Access;

/// <summary>Who acts, and from where: set once per circuit, request, job or command.</summary>
/// <param name="UserId">The user, or null for the system and for anonymous visitors.</param>
/// <param name="Name">What history shows: the user's display name, or the name of a job.</param>
/// <param name="SessionId">The sign-in that the action belongs to; ended sessions are refused.</param>
/// <param name="Origin">Where the action came from.</param>
/// <param name="IpAddress">The remote address, where there is one.</param>
/// <param name="IsSystem">True for the program itself (jobs, commands, demo data): it may do everything.</param>
public sealed record Actor(long? UserId, string Name, long? SessionId, ActorOrigin Origin, string? IpAddress = null, bool IsSystem = false)
{
    public static Actor Anonymous { get; } = new(null, "", null, ActorOrigin.Browser);

    /// <summary>The program itself, acting for nobody.</summary>
    public static Actor System(string name) => new(null, name, null, ActorOrigin.System, IsSystem: true);

    /// <summary>The program itself, run by someone with access to its machine.</summary>
    public static Actor Command(string verb) => new(null, $"Command {verb}", null, ActorOrigin.Command, IsSystem: true);
}

public enum ActorOrigin { System, Browser, Api, Job, Command }

/// <summary>A request of a program that carried an idempotency key: its record, and the name under which it may do the work.</summary>
/// <param name="RecordId">The record of the key.</param>
/// <param name="Claimant">The claim that was given to this request; another request may have taken over since.</param>
public sealed record KeyedRequest(long RecordId, string Claimant);

/// <summary>Holds the actor of the current scope.</summary>
public interface ICurrentUser
{
    Actor Actor { get; }

    /// <summary>Whether the scope is that of one request, whose answers may be remembered; a circuit lives for hours.</summary>
    bool IsRequest { get; }

    /// <summary>The request whose work this scope does at most once, where it carried a key.</summary>
    KeyedRequest? Request { get; }
}

/// <summary>A scope's actor, set by anyone who opens the scope.</summary>
public sealed class CurrentUser : ICurrentUser
{
    public Actor Actor { get; private set; } = Actor.Anonymous;

    public bool IsRequest { get; private set; }

    public KeyedRequest? Request { get; private set; }

    public void Set(Actor actor) => Actor = actor;

    /// <summary>The same, in a scope that ends with the request.</summary>
    public void SetForRequest(Actor actor) => (Actor, IsRequest) = (actor, true);

    /// <summary>From now on whatever this scope commits is noted with the request's key, in the same transaction.</summary>
    public void WorkFor(KeyedRequest request) => Request = request;
}
