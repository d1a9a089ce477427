using Chronik.Coordination.Classic.Commands;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic;

/// <summary>
/// The rules of classic groups as a pure function: a group, a command and the time make the next group, answers, and
/// what must be stored. No clock, no locks, no I/O; a step that fails half-way leaves the old group untouched.
/// </summary>
public static class ClassicGroupMachine
{
    /// <summary>Works out one command.</summary>
    public static GroupStep Handle(ClassicGroup group, GroupCommand command, GroupContext context)
    {
        var work = new GroupWork(group, context);
        if (group.Phase == ClassicGroupPhase.Dead && command is GroupRequest request)
        {
            // It is about to be gone: the client looks for its coordinator again, and finds a new, empty group.
            work.Answer(request.Refused(ErrorCode.CoordinatorNotAvailable));
            return work.ToStep();
        }

        switch (command)
        {
            case HeartbeatCommand heartbeat:
                Sessions.Heartbeat(work, heartbeat);
                break;
            case CommitCommand commit:
                CommitAdmission.Check(work, commit);
                break;
            case JoinCommand join:
                JoinAdmission.Join(work, join);
                break;
            case SyncCommand sync:
                SyncPhase.Sync(work, sync);
                break;
            case LeaveCommand leave:
                LeaveHandling.Leave(work, leave);
                break;
            case AbandonCommand abandon:
                Sessions.Abandon(work, abandon.Request);
                break;
            case WriteEnded ended:
                WriteOutcomes.Apply(work, ended.Write, ended.Succeeded);
                break;
            case TickCommand:
                Ticks.RunDue(work);
                break;
            default:
                throw new ArgumentException($"{command.GetType().Name} is no command of a classic group.", nameof(command));
        }

        return work.ToStep();
    }
}
