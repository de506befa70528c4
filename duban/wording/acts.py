"""One sentence for each further event: the act itself; what an event adds in free text follows it as written."""

from collections.abc import Mapping

from duban.catalogue import msgid

ACTS: Mapping[str, str] = {
    "suggestion.co-signature-confirmed": msgid("{deputy} confirmed the co-signature."),
    "suggestion.co-signature-declined": msgid("{deputy} declined to co-sign."),
    "suggestion.classified": msgid("Classified under {name}, as {by} decided."),
    "suggestion.withdrawn": msgid("Withdrawn by {by}."),
    "suggestion.advised-to-withdraw": msgid("The deputies were advised to withdraw it: {ground}."),
    "suggestion.returned": msgid("Returned to the deputies for revision: {ground}."),
    "suggestion.resubmitted": msgid("Handed in again after revision: “{title}”."),
    "suggestion.declined": msgid("Declined: {ground}."),
    "suggestion.converted-to-letter": msgid("Handled as a deputy's letter: {ground}."),
    "suggestion.passed-on-for-reference": msgid("Passed on for reference: {ground}."),
    "suggestion.raised-upward": msgid("Lies with the level above: {ground}."),
    "suggestion.converted-from-motion": msgid(
        "Converted from the motion {motion}, as {ref}, by {decided_by}."
    ),
    "suggestion.merged": msgid("Merged with {into}; answers stay separate."),
    "suggestion.took-in": msgid("{other} is handled together with this case."),
    "suggestion.signed-for": msgid("{unit} signed for it."),
    "suggestion.objection-raised": msgid("{unit} objected to the assignment."),
    "suggestion.objection-upheld": msgid("The objection of {unit} was upheld by {by}."),
    "suggestion.objection-refused": msgid(
        "The objection of {unit} was refused by {by}; it has to handle its part."
    ),
    "suggestion.reassigned": msgid("Reassigned from {unit} to {to} ({role}) by {by}."),
    "suggestion.coordinated": msgid("{by} brought {units} to agree."),
    "suggestion.co-opinion-redo-asked": msgid("{by} asked {unit} for its co-handling opinion again."),
    "suggestion.extension-requested": msgid("{unit} asked for an extension."),
    "suggestion.extension-refused": msgid(
        "The extension asked for by {unit} was refused by {by}; the first date stands."
    ),
    "suggestion.deputy-contacted": msgid("{unit} contacted the deputies ({way}): {official}."),
    "suggestion.leader-appointed": msgid("{leader} of {unit} leads the handling."),
    "suggestion.draft-sent": msgid("{unit} sent the deputies its draft for comment."),
    "suggestion.draft-commented": msgid("{by} commented on the draft of {unit}."),
    "suggestion.copies-sent": msgid("Copies of the reply of {unit} went to {to}."),
    "suggestion.reply-corrected": msgid("{unit} corrected its reply: {what}."),
    "suggestion.reclassified": msgid("The reply of {unit} is now in category {category}, as {by} decided."),
    "suggestion.escalated": msgid("Not satisfied for the second time with {unit}: {way}."),
    "suggestion.escalation-resolved": msgid("{by} decided what follows for {unit}."),
    "suggestion.commitment-progressed": msgid("Commitment {commitment} has moved."),
    "suggestion.commitment-verified": msgid("{by} verified commitment {commitment}: {holds}."),
    "suggestion.commitment-failed": msgid("Commitment {commitment} cannot be kept; signed by {signed_by}."),
    "suggestion.commitment-carried-over": msgid("Commitment {commitment} is carried over into {into}."),
    "suggestion.fulfilment-reported": msgid("The deputies were told how commitment {commitment} stands."),
    "suggestion.fulfilment-rated": msgid("{by} rated how commitment {commitment} was kept: {result}."),
    "suggestion.term-lapsed": msgid("The term “{rule}” of {about} passed unused."),
    "suggestion.inspected": msgid("{by} went to see how the case is handled."),
    "suggestion.put-under-key-supervision": msgid("Put under key supervision: {topic}."),
    "suggestion.released-from-key-supervision": msgid("Released from key supervision: {topic}."),
    "suggestion.publication-decided": msgid("{by} decided on publication: {part}, {extent}."),
    "suggestion.confidentiality-requested": msgid("{by} asked for confidentiality."),
    "suggestion.identity-protected": msgid("{by} protected the identity of those who made it."),
    "suggestion.deadline-moved": msgid("The term “{rule}” of {about} has moved, because of {because}."),
    "suggestion.rules-migrated": msgid("{by} moved the case from the rules {before} to {after}."),
    "congress.subjects-listed": msgid(
        "The congress sorts its suggestions by the list {scheme}: {subjects} subjects."
    ),
    "congress.term-ended": msgid("Term {term} ended; term {successor} takes its open promises over."),
    "calendar.amended": msgid("The official calendar is amended by {notice}."),
    "suggestion.reopened": msgid("Reopened by {by}."),
    "suggestion.archived": msgid("Archived by {by}."),
    "motion.moved": msgid("Motion moved: “{subject}”."),
    "motion.registered": msgid("Motion registered under number {number}, as {ref}."),
    "motion.mover-left": msgid("{deputy} left the motion."),
    "motion.merged": msgid("The motion is reviewed together with {into}."),
    "motion.disposed": msgid("{decided_by} decided on the motion: {disposition}."),
    "motion.reconsideration-asked": msgid("{by} asked for reconsideration."),
    "motion.opinion-asked": msgid("{organ} was asked for its opinion."),
    "motion.opinion-given": msgid("{organ} gave its opinion."),
    "motion.movers-heard": msgid("{committee} heard the movers."),
    "motion.reported": msgid("{committee} reported on the motion: {outcome}."),
    "motion.concluded": msgid("{by} adopted the report on the motion."),
    "motion.converted": msgid("The motion was converted into a suggestion."),
    "topic.chosen": msgid("Key topic of {year}: “{title}”, approved by {approved_by}."),
    "topic.case-added": msgid("{ref} belongs to the key topic."),
    "topic.case-removed": msgid("{ref} no longer belongs to the key topic."),
    "topic.committee-named": msgid("{committee} supervises the key topic."),
    "topic.plan-made": msgid("The supervision plan is made."),
    "topic.activity-held": msgid("Supervision activity held: {activity}."),
    "topic.reported": msgid("The committee reported to {to}."),
    "topic.reminded": msgid("{to} was reminded of the key topic: {duty} is due."),
    "topic.closed": msgid("The supervision of the key topic is closed."),
    "conference.prepared": msgid(
        "Assignment conference prepared for session {session} of term {term}: {cases} cases, from {sheet}."
    ),
    "conference.cases-proposed": msgid("Proposals for {proposals} cases."),
    "conference.started": msgid("The assignment conference assigns its cases."),
    "conference.cases-assigned": msgid("{case_ids} cases assigned at the conference."),
    "conference.cases-refused": msgid("{refused} cases could not be assigned at the conference."),
    "conference.paused": msgid("The assignment conference is paused."),
    "conference.resumed": msgid("The assignment conference goes on."),
    "conference.retried": msgid("{cases} refused cases are tried again."),
    "conference.finished": msgid(
        "The assignment conference is over: {assigned} assigned, {refused} refused."
    ),
    "access.confidential-case-seen": msgid("{by} looked at the confidential case {ref}."),
    "access.account-changed": msgid("{by} changed the account {account}: {change}."),
    "access.replay-shared": msgid("{by} made the link {share} to the replay of {ref}."),
    "access.replay-share-revoked": msgid("{by} revoked the link {share} to the replay of {ref}."),
    "notice.delivery-failed": msgid(
        "Delivery by {channel} to {to} was given up after {tries} tries: {cause}. Events not told: {positions}."
    ),
    "notice.webhook-changed": msgid("{by} changed the webhook {webhook}: {webhook_change}."),
}

COUNTED = (
    "subjects",
    "proposals",
    "case_ids",
    "refused",
    "positions",
)  # fields with thousands of things; a sentence says how many

CODED: Mapping[str, str] = {  # fields whose values have names, and of which kind
    "ground": "ground",
    "role": "role",
    "part": "part",
    "extent": "extent",
    "disposition": "disposition",
    "activity": "activity",
    "duty": "duty",
    "result": "satisfaction",
    "outcome": "motion-outcome",
    "way": "way",
    "holds": "holds",
    "change": "account-change",
    "channel": "delivery-channel",
    "webhook_change": "webhook-change",
}
REMARKS = (  # free text, shown as it was written
    "explanation", "reasons", "reason", "note", "comment", "finding", "progress", "evidence", "outcome", "report",
    "plan", "remark",
)  # fmt: skip
DUE: Mapping[str, str] = {  # what a clock that an event sets is called in its sentence
    "due": msgid("Due by {due}."),
    "back": msgid("The reply is due by {due}."),
    "feedback": msgid("Feedback may be given by {due}."),
    "follow_up": msgid("The next follow-up is due on {due}."),
    "objection": msgid("Objections may be raised by {due}."),
    "redispatch": msgid("To be reassigned by {due}."),
}
